"""The programs, without servers."""
