"""Stores the crops of one recording and kind, resized, with all columns of the thesis's Table 4.7."""

from pathlib import Path

import pandas as pd

from squint.files.crop_names import decode, read_listing
from squint.files.images import read_image, resize_crop
from squint.files.stores import describe_crop, store_columns, write_store
from squint.jobs.job import job, progress


def store_images(folder: str, store_path: str, image_size: int, units: list[str]) -> None:
    """Write all crops in `folder`, resized to `image_size` px squares, in the order of their names.

    Raises InputError for a folder that lost crops or got others.
    """
    paths = [Path(folder) / name for name in read_listing(Path(folder))]
    rows = [describe_crop(f"{path.parent.name}/{path.name}", decode(path.name), units) for path in paths]
    images = (resize_crop(read_image(path), image_size) for path in progress(paths, unit="crop"))
    write_store(store_path, images, pd.DataFrame(rows, columns=store_columns(units)), image_size)


if __name__ == "__main__":
    with job(snakemake):
        store_images(
            folder=snakemake.input.folder,
            store_path=snakemake.output.store,
            image_size=snakemake.params.image_size,
            units=snakemake.params.units,
        )
