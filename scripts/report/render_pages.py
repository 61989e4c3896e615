"""Renders tables as pages, for the report: there a CSV file can only be downloaded."""

from squint.jobs.job import job
from squint.presentation.pages import write_page

if __name__ == "__main__":
    with job(snakemake):
        for table, page in zip(snakemake.input.tables, snakemake.output.pages, strict=True):
            write_page(table, page)
