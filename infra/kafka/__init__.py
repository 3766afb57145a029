"""Kafka: topics, partitions, producers and consumers as our programs need them."""
