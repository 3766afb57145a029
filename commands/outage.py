"""An outage: something outside did not answer as it should, and may or may not when asked again.

Shape: Outage(what, retry=...); `retry` says whether the same call may simply be made again.
Errors: a rule's no is a returned value, a bug is an assertion; neither is ever an Outage.
Source: house style, "A refusal was a value; an outage is an exception".
"""


class Outage(Exception):  # noqa: N818 - The word of the field; an error is something else.
    def __init__(self, what: str, *, retry: bool) -> None:
        super().__init__(what)
        self.retry = retry
