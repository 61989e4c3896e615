import numpy as np
import pandas as pd

from squint.regions.store import COLUMNS, NO_MASK, RegionStore, read_stores, write_store


def store(rack: str, rows: int) -> RegionStore:
    scores = [number / 2 if number % 2 else np.nan for number in range(rows)]
    columns = {
        "rack": rack,
        "region": "1",
        "animal": "mäuschen",
        "frame_num": range(rows),
        "time_s": np.arange(rows) / 30,
    }
    masks = np.zeros((rows, 4, 6), np.uint8)
    masks[::3] = NO_MASK
    pictures = np.random.default_rng(rows).integers(0, 255, (rows, 8, 12)).astype(np.uint8)
    return RegionStore(pd.DataFrame(columns).assign(score=scores), pictures, masks)


def test_stores_are_read_one_after_the_other(tmp_path):
    parts = [store("R1", 5), store("R2", 3)]
    paths = [str(tmp_path / f"{number}.h5") for number in range(2)]
    for path, part in zip(paths, parts, strict=True):
        write_store(path, part)
    whole = read_stores(paths)
    assert list(whole.table.columns) == COLUMNS and len(whole.table) == 8
    assert whole.table.rack.tolist() == ["R1"] * 5 + ["R2"] * 3 and set(whole.table.animal) == {"mäuschen"}
    assert np.array_equal(whole.pictures, np.concatenate([part.pictures for part in parts]))
    assert np.array_equal(whole.marked, [False, True, True, False, True, False, True, True])
    assert whole.scored.tolist() == [False, True, False, True, False, False, True, False]


def test_rows_are_chosen_by_position_or_as_booleans(tmp_path):
    ours = store("R1", 6)
    chosen = ours.chosen(np.array([4, 1]))
    assert chosen.table.frame_num.tolist() == [4, 1] and np.array_equal(chosen.pictures, ours.pictures[[4, 1]])
    assert ours.chosen(ours.scored).table.frame_num.tolist() == [1, 3, 5]
