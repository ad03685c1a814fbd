"""The Grafana dashboards: every query of every panel and variable is asked as a reader, as Grafana would ask it."""

import json
import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import yaml

import ops
from tests.postgres import Database
from tests.readmodels.filled import columns, connected_as, fill

HOME: Final = Path(ops.__file__).parent / "grafana"
DASHBOARDS: Final = {file.stem: file for file in sorted((HOME / "dashboards").glob("*.json"))}
SPAN: Final = ("2025-12-01T00:00:00Z", "2026-05-02T00:00:00Z")
CHOSEN: Final = {"household": "h1", "currency": "CNY"}
MACRO: Final = re.compile(r"\$(__[a-zA-Z]+)\(([^)]*)\)")
VARIABLE: Final = re.compile(r"\$\{(\w+):sqlstring\}")
NAMED: Final = re.compile(r"\$\{?(\w+)")
BUILT_IN: Final = {"__field", "__value", "__url_time_range", "__timeFilter"}
AMOUNT: Final = re.compile(
    r"\b(?:debt_\w+|reserve_(?:t1|t2a|t2b|total)|contingent|drawn|held|headroom|available\w*|over_limit|total_debt"
    r"|limit_(?:total|before|after)|due_30_days)\b"
)
VIEWS: Final = (
    "households", "household_position", "household_daily", "line_position", "line_daily", "limit_changes",
)  # fmt: skip
CJK: Final = re.compile("[\u4e00-\u9fff]")


def dashboard(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DASHBOARDS[name].read_text(encoding="utf-8"))
    return loaded


def panels() -> list[tuple[str, dict[str, Any]]]:
    return [(name, panel) for name in DASHBOARDS for panel in dashboard(name)["panels"]]


def panel_queries() -> list[Any]:
    return [
        pytest.param(target, panel, id=f"{name}-{panel['id']}{target['refId']}")
        for name, panel in panels()
        for target in panel["targets"]
    ]


def variables() -> list[Any]:
    return [
        pytest.param(variable, id=f"{name}-{variable['name']}")
        for name in DASHBOARDS
        for variable in dashboard(name)["templating"]["list"]
    ]


def asked(sql: str, chosen: dict[str, str] = CHOSEN, span: tuple[str, str] = SPAN) -> str:
    """A query as Grafana sends it: variables quoted as SQL strings, then its macros spelt out."""

    def spelt(macro: re.Match[str]) -> str:
        assert macro[1] == "__timeFilter", f"the test does not know {macro[1]}"
        return f"{macro[2]} BETWEEN '{span[0]}' AND '{span[1]}'"

    quoted = VARIABLE.sub(lambda found: "'" + chosen[found[1]].replace("'", "''") + "'", sql)
    sent = MACRO.sub(spelt, quoted)
    assert "$" not in sent
    return sent


def rows(connection: Any, sql: str, chosen: dict[str, str] = CHOSEN) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor = connection.execute(asked(sql, chosen))
    return [column.name for column in cursor.description], cursor.fetchall()


@pytest.mark.parametrize(("target", "panel"), panel_queries())
def test_every_panel_is_answered(reader: Any, target: dict[str, Any], panel: dict[str, Any]) -> None:
    names, found = rows(reader, target["rawSql"])
    assert found, panel["title"]
    assert len(set(names)) == len(names)
    named = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
    assert named <= set(names)
    if panel["type"] == "table":
        assert named == set(names), "every column of a table has a title in both languages"
    if "xField" in panel["options"]:
        assert panel["options"]["xField"] in names


@pytest.mark.parametrize(("target", "panel"), [one for one in panel_queries() if one.values[0]["format"] != "table"])
def test_a_time_series_has_its_time_first_and_in_order(
    reader: Any, target: dict[str, Any], panel: dict[str, Any]
) -> None:
    names, found = rows(reader, target["rawSql"])
    assert names[0] == "time"
    times = [row[0] for row in found]
    assert times == sorted(times)
    assert all(time.utcoffset() is not None for time in times)
    label = re.fullmatch(r"\$\{__field\.labels\.(\w+)\}", panel["fieldConfig"]["defaults"].get("displayName", ""))
    texts = [name for name, value in zip(names, found[0], strict=True) if isinstance(value, str)]
    assert texts == ([label[1]] if label else [])


@pytest.mark.parametrize("variable", variables())
def test_every_variable_has_choices(reader: Any, variable: dict[str, Any]) -> None:
    names, found = rows(reader, variable["query"])
    assert len(names) == 1
    assert (CHOSEN[variable["name"]],) in found


def test_a_day_is_drawn_as_soon_as_it_has_begun_for_the_household(reader: Any) -> None:
    """Grafana asks in UTC: an hour after midnight in Shanghai it is still the day before there."""
    night = ("2026-04-29T17:00:00Z", "2026-04-30T17:00:00Z")
    by_day = [panel for name, panel in panels() if name == "household" and panel["type"] == "timeseries"]
    assert len(by_day) == 6
    for panel in by_day:
        found = reader.execute(asked(panel["targets"][0]["rawSql"], span=night)).fetchall()
        assert {row[0].astimezone(UTC).isoformat() for row in found} == {"2026-04-30T16:00:00+00:00"}, panel["title"]


@pytest.mark.parametrize(("target", "panel"), panel_queries())
def test_an_empty_book_is_no_error(empty: Database, target: dict[str, Any], panel: dict[str, Any]) -> None:
    """A variable without choices is an empty text."""
    with connected_as("headroom_reader", empty) as connection:
        _, found = rows(connection, target["rawSql"], {"household": "", "currency": ""})
    assert {row[-1] for row in found} <= {0}, panel["title"]


def test_a_login_of_one_household_is_shown_no_other(database: Database, as_role: Callable[[str], Any]) -> None:
    fill(database)
    with psycopg.connect(database.migrator, autocommit=True) as migrator:
        migrator.execute("INSERT INTO headroom.household_reader VALUES ('headroom_household_reader', 'h2')")
    with as_role("headroom_household_reader") as connection:
        for variable in (one.values[0] for one in variables()):
            _, choices = rows(connection, variable["query"], CHOSEN | {"household": "h2"})
            assert choices == [({"household": "h2", "currency": "CNY"}[variable["name"]],)]
        for name, panel in panels():
            names, found = rows(connection, panel["targets"][0]["rawSql"])
            assert name == "fleet" or not found, panel["title"]
            if "household" in names:
                assert {row[names.index("household")] for row in found} <= {"h2"}


def panel_rows(connection: Any, name: str, number: int, **chosen: str) -> list[dict[str, Any]]:
    (panel,) = [one for one in dashboard(name)["panels"] if one["id"] == number]
    names, found = rows(connection, panel["targets"][0]["rawSql"], CHOSEN | chosen)
    return [dict(zip(names, row, strict=True)) for row in found]


def test_amounts_of_the_chosen_currency_only(reader: Any) -> None:
    assert {row["household"] for row in panel_rows(reader, "fleet", 5)} == {"h1", "h2", "h4"}
    assert {row["household"] for row in panel_rows(reader, "fleet", 5, currency="USD")} == {"h3"}
    assert panel_rows(reader, "fleet", 7, currency="USD") == []
    assert [row["household"] for row in panel_rows(reader, "fleet", 7)] == ["h2"]


def test_every_household_is_in_one_bar_of_the_reserve(reader: Any) -> None:
    bars = {row["months"]: row["households"] for row in panel_rows(reader, "fleet", 6)}
    assert sum(bars.values()) == 4
    assert (bars["< 1"], bars["未知 unknown"]) == (1, 1)


def test_who_is_quarantined_is_said_before_who_lags(reader: Any) -> None:
    said = [(row["household"], row["state"]) for row in panel_rows(reader, "fleet", 8)]
    assert said == [("h4", "quarantined"), ("h1", "lagging"), ("h2", "lagging"), ("h3", "lagging")]


def test_a_household_that_is_followed_to_its_today_does_not_lag(filled: Database) -> None:
    with psycopg.connect(filled.superuser) as superuser:
        superuser.execute(
            "UPDATE readmodel.household_now SET as_of_on = (now() AT TIME ZONE timezone)::date WHERE household = 'h1'"
        )
        superuser.execute("SET LOCAL ROLE headroom_reader")
        assert "h1" not in {row["household"] for row in panel_rows(superuser, "fleet", 8)}
        assert panel_rows(superuser, "fleet", 4) == [{"落后 Lagging": 3}]
        superuser.rollback()


def test_a_limit_change_says_whether_it_was_stated(reader: Any) -> None:
    bases = {row["kind"]: row["basis"] for row in panel_rows(reader, "household", 17)}
    assert bases["granted"] == "stated"
    assert bases["inferred"] == "inferred"


def test_a_name_with_a_quote_is_no_way_out_of_the_query(reader: Any) -> None:
    assert panel_rows(reader, "household", 1, household="h1' OR 'a' = 'a") == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_renamed_column_does_not_go_unseen(filled: Database, view: str) -> None:
    """Of the columns that the queries name, each is renamed in turn: some query must then fail."""
    sent = [asked(one.values[0]["rawSql"]) for one in panel_queries()]
    named = [
        column
        for column in columns(filled)
        if column.view == view
        and any(re.search(rf"{view}\b", sql) and re.search(rf"\b{column.name}\b", sql) for sql in sent)
    ]
    assert named
    for column in named:
        with psycopg.connect(filled.superuser) as superuser:
            superuser.execute(f"ALTER VIEW reporting_v1.{view} RENAME COLUMN {column.name} TO elsewhere")
            superuser.execute("SET LOCAL ROLE headroom_reader")
            assert not all(_answers(superuser, sql) for sql in sent), column
            superuser.rollback()


def _answers(connection: Any, sql: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(f"EXPLAIN {sql}")
    except psycopg.errors.UndefinedColumn:
        return False
    return True


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_whole(name: str) -> None:
    loaded = dashboard(name)
    numbers = [panel["id"] for panel in loaded["panels"]]
    assert len(set(numbers)) == len(numbers)
    known = {variable["name"] for variable in loaded["templating"]["list"]} | BUILT_IN
    assert set(NAMED.findall(json.dumps(loaded["panels"]))) <= known
    linked = re.findall(r"/d/([\w-]+)", json.dumps(loaded))
    assert set(linked) <= {dashboard(other)["uid"] for other in DASHBOARDS}
    (source,) = yaml.safe_load((HOME / "provisioning/datasources/headroom.yaml").read_text())["datasources"]
    sources = [*loaded["panels"], *loaded["templating"]["list"], *(t for p in loaded["panels"] for t in p["targets"])]
    assert {one["datasource"]["uid"] for one in sources} == {source["uid"]}


def test_no_two_dashboards_have_one_id() -> None:
    assert len({dashboard(name)["uid"] for name in DASHBOARDS}) == len(DASHBOARDS) == 2


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_lie_side_by_side(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard(name)["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_title_is_in_both_languages_and_says_its_unit() -> None:
    unsaid = []
    for _, panel in panels():
        titles = [panel["title"], panel["description"]]
        titles += [
            p["value"] for o in panel["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "displayName"
        ]
        assert [title for title in titles if not CJK.search(title) or not re.search("[A-Za-z]{2}", title)] in (
            [],
            ["编号"],
        )
        if "(" not in panel["title"] and panel["type"] != "table":
            unsaid.append(panel["title"])
    assert unsaid == []


def test_a_panel_that_shows_an_amount_names_the_currency() -> None:
    for _, panel in panels():
        if panel["fieldConfig"]["defaults"].get("unit") != "locale":
            continue
        assert "${currency}" in panel["title"]
        for override in panel["fieldConfig"]["overrides"]:
            found = {one["id"]: one["value"] for one in override["properties"]}
            if AMOUNT.fullmatch(override["matcher"]["options"]):
                assert "${currency}" in found["displayName"], found


def test_no_query_adds_amounts_up() -> None:
    queries = [one.values[0]["rawSql"] for one in panel_queries()]
    assert [sql for sql in queries if re.search(r"\b(sum|avg)\s*\(", sql, re.IGNORECASE)] == []
    assert [sql for sql in queries if re.search(r"\breadmodel\.|\bheadroom\.", sql)] == []


def test_what_differs_between_machines_comes_from_the_environment() -> None:
    (source,) = yaml.safe_load((HOME / "provisioning/datasources/headroom.yaml").read_text())["datasources"]
    settings = [source["url"], source["user"], source["jsonData"]["database"], source["jsonData"]["sslmode"]]
    settings.append(source["secureJsonData"]["password"])
    (provider,) = yaml.safe_load((HOME / "provisioning/dashboards/headroom.yaml").read_text())["providers"]
    settings.append(provider["options"]["path"])
    assert [value for value in settings if not re.fullmatch(r"\$HEADROOM_[A-Z_]+", value)] == []
    assert provider["type"] == "file"
    for guide in ("reporting.md", "reporting.zh-CN.md"):
        told = (HOME.parents[1] / "docs" / guide).read_text(encoding="utf-8")
        assert [value for value in settings if value[1:] not in told] == []
