"""The entry point `tally`, also `python -m tallystick`.

Shape: main() -> never returns; the exit code is the command's own (0 done, 1 refused or broken,
2 usage).
"""

from cli.main import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
