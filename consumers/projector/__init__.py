"""The projector: folds what Kafka carries into the read models."""
