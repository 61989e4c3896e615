"""The test bed: simulated recordings of a mouse that is filmed by cameras all around it."""
