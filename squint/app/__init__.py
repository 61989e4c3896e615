"""The scoring desk: a person scores and corrects a recording in the browser."""
