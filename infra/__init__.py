"""The adapters: Kafka, PostgreSQL, event store, embedded servers, settings, telemetry."""
