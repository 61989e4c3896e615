"""What things are called and mean in this field: scale, rig, boxes, score ranges; and seeds by name."""
