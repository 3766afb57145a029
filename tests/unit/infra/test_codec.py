"""What is put together of parts is what the record's own encoder writes."""

from hypothesis import given
from hypothesis import strategies as st

from commands.answer import CommandAnswered
from commands.answering import ACCEPTED
from commands.incoming import Incoming, Origin
from infra.codec import ANSWER, AvroCodec
from schemas.meta import CommandMeta

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
SEQUENCES = st.integers(0, 2**63 - 1)


@given(
    book=TEXTS,
    meta=st.builds(CommandMeta, TEXTS, TEXTS, TEXTS),
    type_names=st.lists(TEXTS, min_size=1, max_size=3),
    numbers=st.tuples(*[SEQUENCES] * 4),
    command_id=st.binary(min_size=16, max_size=16),
)
def test_an_accepted_command_is_answered_by_its_record(
    book: str,
    meta: CommandMeta,
    type_names: list[str],
    numbers: tuple[int, ...],
    command_id: bytes,
) -> None:
    sequence, first, last, at_us = numbers
    accepted = AvroCodec.accepted(book, at_us)
    for type_name in [*type_names, *type_names]:  # Of one batch, each of them twice.
        incoming = Incoming(Origin.COMMANDS, command_id, b"", type_name, meta, None)
        payload = accepted(incoming, sequence=sequence, first=first, last=last)
        assert ANSWER.decode(payload) == CommandAnswered(
            book,
            sequence,
            command_id.hex(),
            meta.client,
            meta.idempotency_key,
            type_name,
            ACCEPTED,
            code="",
            detail="",
            replayed=False,
            first_sequence=first,
            last_sequence=last,
            correlation_id=meta.correlation_id,
            answered_at_us=at_us,
        )
        assert payload == ANSWER.encode(ANSWER.decode(payload))
