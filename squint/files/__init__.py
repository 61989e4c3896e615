"""Files between stages and from people: exact video, images, stores, tables."""
