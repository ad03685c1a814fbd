"""The clock: what it runs, what it tells, and how that reaches people."""
