"""The schema registry: which schema has which id, over Confluent's REST API.

Shape: `Registry` (client.py) asks, `register_all` and `SchemaIds` (ids.py) know what was answered.
"""
