"""Run the servers by themselves: `python -m infra.embedded --data DIR`.

Prints one JSON line with the addresses once all are ready, then waits for SIGINT, SIGTERM or the
end of stdin. What happens meanwhile goes to stderr.
Errors: exit 1 with the reason on stderr.
Source: docs/embedded.md.
"""

import argparse
import json
import signal
import sys
from pathlib import Path

from infra.embedded.servers import EmbeddedServers
from infra.embedded.settings import EVERYTHING, ServerFailed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.embedded", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--delete", action="store_true", help="delete DIR at the end")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with EmbeddedServers.start(
            arguments.data, want=EVERYTHING, progress=say, delete_data=arguments.delete
        ) as servers:
            addresses = {
                "postgres": servers.postgres_dsn,
                "kafka": servers.kafka_bootstrap,
                "registry": servers.registry_url,
            }
            sys.stdout.write(json.dumps(addresses) + "\n")
            sys.stdout.flush()
            sys.stdin.read()
    except ServerFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def say(*words: str) -> None:
    sys.stderr.write(": ".join(words) + "\n")


if __name__ == "__main__":
    sys.exit(main())
