"""Providers: they hear what the books ask of a channel, and record what it said."""
