"""Light changes: what stored checks saw otherwise than before, at places in the one order of facts."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL beside this file as it stands there, without looking for parameters in it."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
