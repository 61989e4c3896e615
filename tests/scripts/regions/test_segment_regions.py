import h5py
import numpy as np

from scripts.regions.cut_patches import check_samples, cut_scored
from scripts.regions.draw_segmentation import choose_pictures, draw_segmentation
from scripts.regions.measure_segmentation import MAJORITY, NETWORK, majority_labels, tabulate_classes, tabulate_found
from scripts.regions.segment_regions import SPOTS, segment
from scripts.regions.train_segmentation import marked_pictures, varied_batches
from squint.domain.regions import CLASSES
from squint.errors import InputError
from squint.regions.patches import KINDS, STORED
from squint.regions.segmentation import Segmenter, see
from squint.regions.store import read_found, write_store
from tests.scripts.regions.data import KEY, SIZE, STEP, labels_of, make_store

import pandas as pd  # isort: skip
import pytest  # isort: skip

HOW = {"draws": 100, "confidence": 0.9, "seed": 1}


class Perfect:
    """In the place of a segmentation: what it sees is what the shades say."""

    shape = (SIZE[1] // STEP, SIZE[0] // STEP, 1)

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        levels = np.array([30, 150, 190, 80])
        labels = np.abs(picture - levels).argmin(axis=-1)
        return np.eye(len(CLASSES), dtype=np.float32)[labels] * 0.96 + 0.01


def segmented(store):
    return segment(store, Segmenter(Perfect(), SIZE, STEP))


def test_each_picture_has_labels_eyes_and_ears():
    store = make_store()
    labels, spots = segmented(store)
    assert np.array_equal(labels[::2], store.masks[::2]) and list(spots.columns) == SPOTS
    counts = spots.groupby([*KEY, "kind"]).size().unstack()
    assert (counts.eye == 2).all() and (counts.ear == 1).all()


def test_a_network_of_another_size_is_refused():
    with pytest.raises(InputError, match="a network for pictures of 20 × 24 × 1"):
        Segmenter(Perfect(), (48, 40), STEP)


def test_other_classes_than_ours_are_refused():
    with pytest.raises(ValueError, match="expected 4 classes"):
        see(np.zeros((4, 4, 3)), 2)


def test_a_perfect_segmentation_has_full_marks_and_the_majority_has_not():
    store = make_store()
    ours = store.chosen(store.marked)
    labels, spots = segmented(ours)
    table = tabulate_classes(ours, labels, {"m0": "white", "m1": "black", "m2": "white", "m3": "black"}, **HOW)
    assert set(table.who) == {NETWORK, MAJORITY} and set(table.group) == {"all", "white", "black"}
    perfect = table[table.who == NETWORK]
    assert (perfect[["IoU", "IoU low", "IoU high", "Dice"]] == 1).all(axis=None)
    assert (table[table.who == MAJORITY].IoU < 0.9).all()
    marked = spots[spots.kind == "eye"].assign(px=16.0)
    eyes = tabulate_found(ours, spots, marked, **HOW).iloc[0]
    assert eyes.found == 1 and eyes["centre error"] == 0 and eyes["false a picture"] == 0


def test_false_and_missing_eyes_are_counted():
    store = make_store()
    ours = store.chosen(store.marked)
    _, spots = segmented(ours)
    eyes = spots[spots.kind == "eye"]
    marked = eyes.iloc[::2].assign(px=16.0)
    told = tabulate_found(ours, spots, marked, **HOW).iloc[0]
    assert told.found == 1 and told["false a picture"] == pytest.approx(1.0)
    missing = tabulate_found(ours, spots[spots.kind == "ear"], marked, **HOW).iloc[0]
    assert missing.found == 0 and np.isnan(missing["centre error"])
    small = tabulate_found(ours, spots, marked.assign(px=3.0), **HOW).iloc[0]
    assert small.eyes == 0 and small["false a picture"] == pytest.approx(1.0), (
        "a small eye that is found is no false one"
    )


def test_the_majority_is_what_most_show():
    masks = np.array([[[0, 1]], [[0, 1]], [[3, 0]]], np.uint8)
    assert majority_labels(masks).tolist() == [[0, 1]]


def test_held_out_animals_are_read_in_the_order_of_folds(tmp_path):
    store = make_store()
    write_store(str(tmp_path / "R1.h5"), store)
    held_out, paths = [["m1", "m3"], ["m0", "m2"]], []
    for number, animals in enumerate(held_out):
        ours = store.chosen(store.table.animal.isin(animals).to_numpy())
        paths.append(str(tmp_path / f"{number}.h5"))
        with h5py.File(paths[-1], "w") as file:
            file["labels"] = segmented(ours)[0]
    ordered, found = read_found([str(tmp_path / "R1.h5")], paths, held_out)
    assert ordered.table.animal.drop_duplicates().tolist() == ["m1", "m3", "m0", "m2"]
    assert np.array_equal(found, ordered.masks) and len(found) == 12


def test_the_figure_shows_animals_from_all_over_the_sheet(tmp_path):
    store = make_store(animals=8)
    ours = store.chosen(store.marked)
    rows = choose_pictures(ours)
    assert ours.table.animal[rows].tolist() == ["m0", "m2", "m4", "m5", "m7"]
    draw_segmentation(ours, segmented(ours)[0], str(tmp_path / "figure.png"))
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_a_fold_learns_from_marked_pictures_of_others_alone():
    store = make_store()
    pictures, masks = marked_pictures(store, ["m0", "m1"], STEP)
    assert len(pictures) == len(masks) == 6 and pictures.shape[1:] == masks.shape[1:]
    with pytest.raises(InputError, match="marked frames of animals to learn from"):
        marked_pictures(store, ["m0", "m1", "m2", "m3"], STEP)


def test_training_pictures_are_drawn_anew_in_each_epoch(keras):
    pictures, masks = marked_pictures(make_store(), [], STEP)
    batches = varied_batches(keras, pictures, masks, 3, (1, "segmentation", "1"), threads=1)
    batches.on_epoch_begin()
    first = batches[0]
    batches.on_epoch_begin()
    second = batches[0]
    batches.close()
    assert first[0].shape == (3, *pictures.shape[1:], 1) and first[1].shape == (3, *masks.shape[1:])
    assert not np.array_equal(first[0], second[0])


def test_patches_are_cut_of_scored_frames_with_an_eye():
    store = make_store()
    _, spots = segmented(store)
    gone = spots[~((spots.animal == "m0") & (spots.frame_num == 1))]
    table, patches = cut_scored(store, gone)
    assert len(table) == 2 * 23 and patches.shape == (46, STORED, STORED, len(KINDS))
    assert table.score.tolist()[:2] == [0.0, 0.0] and "m0" in set(table.animal)
    assert cut_scored(make_store(scored=False), spots)[0].empty


def test_too_few_frames_to_learn_from_are_told():
    table = pd.DataFrame({"rack": "R1", "region": "1", "frame_num": range(29)})
    with pytest.raises(InputError, match="at least 30 scored frames"):
        check_samples(table, 50)
    check_samples(pd.concat([table, table.assign(region="2")]), 58)


def test_test_data_are_what_they_say():
    assert set(np.unique(labels_of(3))) == {0, 1, 2, 3}
