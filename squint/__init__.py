"""What Squint's workflow shares, by topic: from the errors at the bottom to the scoring desk at the top."""

__version__ = "0.2.0"
