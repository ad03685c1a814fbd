"""The schema, made step by step by Alembic; run as the role `headroom_migrator`, which owns it."""
