"""The tables of the read models, as the code that fills them sees them.

Shape: every table is kept in two slots, one partition each. The schema itself is made by ops/migrations, and a test
holds the two together. Units: amounts in minor units, instants in microseconds since the epoch; days are local.
"""

from typing import Any, Final, LiteralString

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Integer, MetaData, Numeric, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA: Final = "readmodel"
SLOTS: Final = (1, 2)
metadata: Final = MetaData(schema=SCHEMA)


def _column(name: str, kind: Any) -> Column[Any]:
    """A column that is always filled."""
    return Column(name, kind, nullable=False)


def _table(name: str, *columns: Column[Any], key: tuple[str, ...] = ()) -> Table:
    """A table of rows of households; its key begins with the household and the slot."""
    for column in columns:
        column.primary_key = column.name in key
    owner = Column("household", Text, primary_key=True), Column("slot", SmallInteger, primary_key=True)
    return Table(name, metadata, *owner, *columns, postgresql_partition_by="LIST (slot)")


HOUSEHOLD_NOW: Final = _table(
    "household_now",
    _column("version", Integer),
    _column("recorded_at", BigInteger),
    _column("as_of", BigInteger),
    _column("as_of_on", Date),
    Column("next_at", BigInteger),
    Column("first_on", Date),
    _column("timezone", Text),
    _column("currency", Text),
    _column("minor_per_unit", Integer),
    Column("quarantine", Text),
    Column("debt_principal", BigInteger),
    Column("debt_accrued_interest", BigInteger),
    Column("debt_overdue", BigInteger),
    Column("debt_total", BigInteger),
    Column("debt_due_30_days", BigInteger),
    Column("debt_due_12_months", BigInteger),
    Column("reserve_t1", BigInteger),
    Column("reserve_t2a", BigInteger),
    Column("reserve_t2b", BigInteger),
    Column("contingent", BigInteger),
    Column("monthly_outflow", BigInteger),
    Column("reserve_months", Numeric),
    Column("immediate_months", Numeric),
    Column("diversification_score", Numeric(5, 2)),
    Column("diversification_uncapped", Numeric(5, 2)),
    Column("diversification_lender", Numeric(5, 2)),
    Column("diversification_product", Numeric(5, 2)),
    Column("diversification_maturity", Numeric(5, 2)),
    Column("diversification_revocability", Numeric(5, 2)),
    Column("largest_lender_share", Numeric(5, 4)),
    Column("diversification_all_debt", Numeric(5, 2)),
    Column("utilisation", Numeric),
    Column("diversification_hhi_lender", Numeric(5, 4)),
    Column("diversification_hhi_product", Numeric(5, 4)),
    Column("diversification_hhi_maturity", Numeric(5, 4)),
    Column("diversification_hhi_revocability", Numeric(5, 4)),
    Column("effective_lenders", Numeric),
    Column("diversification_caps", ARRAY(Text)),
    Column("diversification_caps_bit", ARRAY(Text)),
)
LINE_NOW: Final = _table(
    "line_now",
    _column("line", Text),
    _column("lender", Text),
    _column("lender_group", Text),
    _column("product", Text),
    _column("secured", Boolean),
    _column("revolving", Boolean),
    _column("revocable", Boolean),
    _column("status", Text),
    _column("first_on", Date),
    _column("limit_known", Boolean),
    _column("permanent_limit", BigInteger),
    _column("temporary_limit", BigInteger),
    _column("drawn", BigInteger),
    _column("held", BigInteger),
    _column("shared_used", BigInteger),
    _column("headroom", BigInteger),
    _column("available", BigInteger),
    _column("over_limit", BigInteger),
    _column("blocked", BigInteger),
    Column("utilisation", Numeric),
    _column("principal", BigInteger),
    _column("accrued_interest", BigInteger),
    _column("overdue", BigInteger),
    _column("total_debt", BigInteger),
    _column("days_past_due", Integer),
    _column("due_30_days", BigInteger),
    _column("due_12_months", BigInteger),
    key=("line",),
)
LINE_DAY: Final = _table(
    "line_day",
    _column("line", Text),
    _column("day", Date),
    _column("status", Text),
    _column("limit_known", Boolean),
    _column("permanent_limit", BigInteger),
    _column("temporary_limit", BigInteger),
    _column("drawn", BigInteger),
    _column("held", BigInteger),
    _column("shared_used", BigInteger),
    _column("headroom", BigInteger),
    _column("available", BigInteger),
    _column("over_limit", BigInteger),
    _column("blocked", BigInteger),
    _column("principal", BigInteger),
    _column("posted_unpaid", BigInteger),
    _column("overdue", BigInteger),
    Column("past_due_since", Date),
    _column("accrued_units", Numeric),
    _column("accrued_units_a_day", Numeric),
    key=(
        "line",
        "day",
    ),
)
HOUSEHOLD_DAY: Final = _table(
    "household_day",
    _column("day", Date),
    _column("reserve_t1", BigInteger),
    _column("reserve_t2a", BigInteger),
    _column("reserve_t2b", BigInteger),
    _column("contingent", BigInteger),
    key=("day",),
)
LIMIT_CHANGE: Final = _table(
    "limit_change",
    _column("change_id", Text),
    _column("ordinal", Integer),
    _column("line", Text),
    _column("kind", Text),
    _column("limit_before", BigInteger),
    _column("limit_after", BigInteger),
    _column("available_before", BigInteger),
    _column("available_after", BigInteger),
    _column("since_at", BigInteger),
    _column("since_day_only", Boolean),
    _column("until_at", BigInteger),
    _column("until_day_only", Boolean),
    _column("ambiguous", Boolean),
    _column("recorded_at", BigInteger),
    _column("facts", ARRAY(Integer)),
    Column("verdict_code", Text),
    Column("verdict_grade", Text),
    key=("ordinal",),
)
DERIVED_CHANGE: Final = _table(
    "derived_change",
    _column("position", BigInteger),
    _column("ordinal", Integer),
    _column("type", Text),
    _column("at", BigInteger),
    _column("data", JSONB),
    key=(
        "position",
        "ordinal",
    ),
)
TABLES: Final = tuple(metadata.sorted_tables)

_WIRE: Final[dict[type[Any], str]] = {
    BigInteger: "int8", Boolean: "bool", Date: "date", Integer: "int4", JSONB: "jsonb",
    Numeric: "numeric", Text: "text",
}  # fmt: skip


def columns(table: Table) -> tuple[str, ...]:
    """The columns of a row, without the slot, in the order rows are written."""
    return tuple(column.name for column in table.columns if column.name != "slot")


def wire_types(table: Table) -> tuple[str, ...]:
    """How PostgreSQL calls the types of a row's columns, for binary COPY."""
    return tuple(_wire_type(column.type) for column in table.columns if column.name != "slot")


def _wire_type(kind: Any) -> str:
    return f"{_wire_type(kind.item_type)}[]" if isinstance(kind, ARRAY) else _WIRE[type(kind)]


def partition(table: Table, slot: int) -> LiteralString:
    """The partition of a table that holds one slot's rows."""
    return f"{SCHEMA}.{table.name}_{slot}"
