"""The read side: answers derived from facts, each in its own room."""
