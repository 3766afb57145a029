"""Names are told apart by their kind and by every part."""

from commands import identity


def test_a_key_belongs_to_its_client() -> None:
    names = {
        identity.command_id(client="shop", key="1"),
        identity.command_id(client="shop", key="2"),
        identity.command_id(client="till", key="1"),
        identity.stream_id(("shop", "1")),
        identity.fact_key("shop\x001"),
    }
    assert len(names) == 5
    assert {len(name) for name in names} == {16}


def test_the_same_name_is_the_same_bytes() -> None:
    assert identity.command_id(client="shop", key="1") == identity.command_id(
        client="shop", key="1"
    )
    assert identity.command_id(client="shop", key="1").hex() == "e834767364fe1014dbdd52cdb324016c"


def test_a_payload_is_hashed_with_its_type() -> None:
    as_credit = identity.payload_hash("tally.wallet.v1.CreditWallet", b"data")
    as_debit = identity.payload_hash("tally.wallet.v1.DebitWallet", b"data")
    assert as_credit != as_debit
    assert as_credit == identity.payload_hash("tally.wallet.v1.CreditWallet", b"data")
    assert as_credit != identity.payload_hash("tally.wallet.v1.CreditWallet", b"date")


def test_a_follow_on_is_its_cause_and_purpose() -> None:
    assert identity.follow_on_client("main") == "tally:main"
    assert identity.follow_on_key(17, "receive") == "17/receive"
