"""The relay: tells Kafka what the books hold, events before answers, at least once."""
