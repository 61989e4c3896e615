"""The parts of the summary: the verdict, what was left out, the methods."""
