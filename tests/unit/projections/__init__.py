"""The read side without a database: the folds, and the bytes of rows."""
