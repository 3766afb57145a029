"""The writer: takes books, decides their commands in batches, and writes each batch once."""
