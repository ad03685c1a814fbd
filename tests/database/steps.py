"""Another step of the schema, as a later version of the program would bring it."""

import shutil
from pathlib import Path

import pytest

import ops.migrations
from app.database import migration

STEP = '''
"""A column more."""

from alembic import op

revision = "9001"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE headroom.event ADD COLUMN later text")
'''


def with_a_later_step(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """Let the program be one step of the schema ahead, and give that step's name."""
    source = Path(ops.migrations.__file__).parent
    ahead = folder / "migrations"
    shutil.copytree(source, ahead, ignore=shutil.ignore_patterns("__pycache__"))
    before = migration.program_revision()
    (ahead / "versions" / "9001_later.py").write_text(STEP.format(before=before))
    monkeypatch.setattr(ops.migrations, "__file__", str(ahead / "__init__.py"))
    migration.known_revisions.cache_clear()
    assert migration.program_revision() == "9001"
    return "9001"
