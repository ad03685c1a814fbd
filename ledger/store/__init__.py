"""The event store: append, load, follow, verify, and the hash chain over what is stored."""
