"""What a line of a file gets wrong is named before anything is published."""

from schemas.from_json import Problem, command_from_json


def test_json_of_an_amount_of_2_to_the_63_or_without_a_field_is_named() -> None:
    """Before it is published at all."""
    data = {"wallet_id": "a", "movement_id": "m", "currency": "EUR", "source": "bank"}
    line = {"type": "CreditWallet", "book": "main", "client": "shop", "idempotency_key": "k"}
    assert command_from_json({**line, "data": {**data, "amount_minor": 2**63}}) == (
        Problem("data.amount_minor", "an integer of 64 bits", str(2**63)),
    )
    assert command_from_json({**line, "data": data}) == (
        Problem("data.amount_minor", "a value", "nothing"),
    )
    unknown = command_from_json({**line, "type": "BlessWallet", "data": data})
    assert isinstance(unknown, tuple)
    assert [problem.field for problem in unknown] == ["type"]
