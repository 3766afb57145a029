"""What cannot be read or written as the contract says.

Shape: Malformed(detail, code=...). `code` is a stable word for dead letters and answers; `detail`
is a sentence for people that never repeats the bytes themselves.
Errors: the one kind that schemas/ raises about data; fastavro's own never leave this package.
"""

MALFORMED = "malformed"  # The bytes are no such record.
TOO_LARGE = "too_large"
UNKNOWN_TYPE = "unknown_type"
NOT_FRAMED = "not_confluent_framed"


class Malformed(ValueError):  # noqa: N818 - a fact about the data.
    def __init__(self, detail: str, *, code: str = MALFORMED) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
