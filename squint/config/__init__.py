"""The config and the sample sheet, checked, and the plan of a run that is made of them."""
