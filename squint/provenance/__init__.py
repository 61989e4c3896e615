"""What a result came from, and how two runs differ."""
