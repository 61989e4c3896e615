"""What Squint's workflow shares, by topic: from the errors at the bottom to the scoring desk at the top."""

import os

# Network disks of clusters may keep no locks, and HDF5 would read and write nothing on them (errno 37; its own
# BEST_EFFORT forgives errno 38 alone). Snakemake sees to it that nobody writes a file that another reads.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

__version__ = "0.2.0"
