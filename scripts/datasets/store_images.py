"""Stores the crops of one recording and kind, resized, with all columns of the thesis's Table 4.7."""

from pathlib import Path

import pandas as pd

from scripts.crop_names import decode
from scripts.images import read_image, resize_crop
from scripts.job import InputError, job, progress
from scripts.stores import COLUMNS, describe_crop, write_store


def store_images(folder: str, store_path: str, image_size: int) -> None:
    """Write all crops in `folder`, resized to `image_size` px squares, in the order of their names.

    Raises InputError for a picture whose name is not that of a crop.
    """
    paths = sorted(Path(folder).glob("*.jpg"))
    try:
        rows = [describe_crop(f"{path.parent.name}/{path.name}", decode(path.name)) for path in paths]
    except ValueError as error:
        raise InputError(
            folder, "crops alone", str(error), "delete the folder and run again: it is made anew"
        ) from error
    images = (resize_crop(read_image(path), image_size) for path in progress(paths, unit="crop"))
    write_store(store_path, images, pd.DataFrame(rows, columns=COLUMNS), image_size)


if __name__ == "__main__":
    with job(snakemake):
        store_images(snakemake.input.folder, snakemake.output.store, snakemake.params.image_size)
