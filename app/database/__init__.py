"""The database behind the book: the embedded server or one of the caller's own, access, backup and health.

Light on purpose: importing this package loads nothing; a command takes what it needs from its modules.
"""
