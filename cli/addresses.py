"""`tally addresses`: where Kafka and the registry are, for a service's own clients.

Rules: the names are not those of our settings. A shell that has TALLY_KAFKA starts no Kafka at the
next `tally up`, it takes that one as given.
"""

import shlex

import typer

from cli.calls import Call, with_call
from cli.printing import document


@with_call
def addresses(call: Call) -> None:
    """Print where Kafka and the registry are, and what the topics' names begin with, for a shell.

    They are KAFKA, REGISTRY and TOPIC_PREFIX, by which the examples of docs/publishing.md go.

    Example: eval "$(tally addresses)"
    """
    settings = call.settings("kafka", "registry")
    found = {
        "kafka": settings.kafka,
        "registry": settings.registry,
        "topic_prefix": settings.topic_prefix,
    }
    if call.json:
        document(found)
        return
    for name, value in found.items():
        typer.echo(f"export {name.upper()}={shlex.quote(value)}")
