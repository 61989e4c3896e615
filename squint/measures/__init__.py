"""How well something is done: metrics, intervals, agreement, and tables of them."""
