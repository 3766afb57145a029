"""The running programs: writer, relay, projector, provider, intake, dead letters."""
