"""The entry point `tally`, also `python -m tallystick`.

Shape: main() -> never returns; the exit code is the command's own (0 done, 1 refused or broken,
2 usage).
"""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    try:
        from cli.main import app  # noqa: PLC0415 - takes a moment, which a Ctrl-C may fall into.

        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
