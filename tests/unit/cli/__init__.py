"""The command line without servers: what it understands, says and refuses."""
