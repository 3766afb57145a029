"""What a decider may answer: events, a refusal, and what must happen next.

Shape: decide(command, state, at_us) -> tuple[Event, ...] | Refused; evolve(state, event) -> state;
react(event, book) -> tuple[FollowOn, ...]. All pure: time, ids and chance come in as arguments.
Units: `at_us` and `due_us` are microseconds since 1970 in UTC.
Errors: Refused is a value. An impossible history is an AssertionError, a bug.
Source: the decider pattern (Chassaing, Dudycz); docs/concepts.md, "A command's way".
"""

from domain.value import value

Stream = tuple[str, str]  # Aggregate name and the id of one of them: ("wallet", "alice").


@value
class Refused:
    """A rule says no. `code` is a stable word of the contract, `detail` a sentence for people."""

    code: str
    detail: str = ""


@value
class Do:
    """A command of the same book, in the same unit of work; its refusal refuses the whole."""

    purpose: str  # With the causing event it names the follow-on: doing it twice is doing it once.
    command: object


@value
class Try:
    """A command that may be refused: then `on_refusal` is done in the book that tried.

    `book` names another book (the outbox carries it there); empty, it is this book, at once.
    """

    purpose: str
    command: object
    book: str = ""
    on_refusal: object | None = None


@value
class At:
    """A command of this book that falls due later: a timer row."""

    purpose: str
    due_us: int
    command: object


FollowOn = Do | Try | At
ALREADY_EXISTS = "already_exists"  # To a client a refusal, to a follow-on an accepted no-op.
