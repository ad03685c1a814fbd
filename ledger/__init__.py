"""The write side: what is a fact, what may be recorded, and the one fold that turns facts into a book."""
