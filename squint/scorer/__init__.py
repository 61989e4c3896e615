"""A scorer: the networks of a study with all that they need, how it scores over time, and how sure it is."""
