"""The command line: every command of `tally`, as typer applications."""
