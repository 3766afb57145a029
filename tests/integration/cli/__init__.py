"""Commands for people, on real servers with the real programs."""
