"""Tests against real PostgreSQL, Kafka and schema registry."""
