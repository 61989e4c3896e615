"""What surrounds the work of a job: its log, what its errors come from, digests, the inside of Snakemake."""
