"""The test bed: simulated recordings of a mouse that is filmed by six cameras."""
