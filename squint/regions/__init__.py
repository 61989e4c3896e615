"""Regions with one animal each: their pictures and masks, eyes and patches, and what scores them (live scoring)."""
