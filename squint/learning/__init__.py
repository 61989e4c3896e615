"""Batches, and the one training loop."""
