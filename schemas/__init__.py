"""One Avro schema a command and event, the codec and the registry client."""
