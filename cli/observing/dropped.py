"""Money files that nobody will take: what lies in the inbox of a book that there is not.

Shape: bookless(data, books) -> a line for people of each such folder.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from consumers.intake.inbox import INBOX, Inbox, as_shown


def bookless(data: Path, books: Collection[str]) -> Iterator[str]:
    """What a person who has mistaken the name of a book waits for in vain."""
    for folder in Inbox(data / INBOX).bookless(books):
        yield f"{as_shown(folder.name)} is no book, and there are files in {as_shown(str(folder))}"
