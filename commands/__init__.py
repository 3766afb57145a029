"""The write side: command catalogue, unit of work of a book, saved answers, and the ports."""
