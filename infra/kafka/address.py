"""Where Kafka is, and how it lets us in.

Shape: KafkaAddress(bootstrap, options).words() begins the configuration of every client. Options
are librdkafka's, as text, and about the connection alone (`checked_options`): the settings that our
guarantees rest on are ours (infra/kafka/clients.py).
Rules: options hold passwords and are never printed.
Errors: ValueError names an option that is not one of these, or what is no address.
Source: librdkafka, CONFIGURATION.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NAMES = ("security.protocol",)
PREFIXES = ("sasl.", "ssl.")
BROKER = re.compile(r"(?:[A-Za-z_]+://)?(?:\[[^\s\]]+\]|[^\s:,/\[\]]+):\d{1,5}")  # [::1]:9092 too.
Words = dict[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """`bootstrap`: HOST:PORT, several with commas."""

    bootstrap: str
    options: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def words(self) -> Words:
        """As a client's configuration begins."""
        return {**self.options, "bootstrap.servers": self.bootstrap}


def checked_bootstrap(bootstrap: str) -> str:
    """The same, if it is empty or every broker of it has a host and a port."""
    if bootstrap and not all(BROKER.fullmatch(each.strip()) for each in bootstrap.split(",")):
        raise ValueError(f"expected HOST:PORT, several with commas, found {bootstrap!r:.80}")
    return bootstrap


def checked_options(options: Mapping[str, str]) -> Mapping[str, str]:
    """The same, if all of them are about the connection."""
    others = sorted(name for name in options if name not in NAMES and not name.startswith(PREFIXES))
    if others:
        raise ValueError(f"security.protocol, sasl.* and ssl.* are ours to give, not {others}")
    return options
