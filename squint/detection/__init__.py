"""The face detector: what it learns from, its network, and how it searches a frame."""
