"""How things look: figures, pages of tables, the summary."""
