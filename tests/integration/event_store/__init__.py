"""A book in a real PostgreSQL: what is written, what is refused, what is found again."""
