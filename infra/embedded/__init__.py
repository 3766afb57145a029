"""Real servers without Docker: PostgreSQL, Apache Kafka and the Apicurio registry as our children.

Start them with `infra.embedded.servers.EmbeddedServers.start`; docs/embedded.md tells the rest.
"""
