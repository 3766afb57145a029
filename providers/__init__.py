"""One folder a payment provider or bank format: client, webhook, settlement file."""
