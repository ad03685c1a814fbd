"""The Superset bundle: whole, its datasets the views of the contract, every chart's query asked as a reader."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zipfile import ZipFile

import psycopg
import pytest
import yaml

import ops
from ops.superset_bundle import bundle
from tests.postgres import Database
from tests.readmodels.filled import columns, connected_as, fill

HOME: Final = Path(ops.__file__).parent / "superset"
CONTRACT: Final = Path(ops.__file__).parent / "reporting_v1.odcs.json"
CJK: Final = re.compile("[\u4e00-\u9fff]")


def files(folder: str) -> dict[str, dict[str, Any]]:
    return {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted((HOME / folder).rglob("*.yaml"))}


DATABASES: Final = files("databases")
DATASETS: Final = files("datasets")
CHARTS: Final = files("charts")
DASHBOARDS: Final = files("dashboards")
DATASET_OF: Final = {dataset["uuid"]: dataset for dataset in DATASETS.values()}


def source(dataset: dict[str, Any]) -> str:
    """Where a dataset's rows come from: the view, or a query over it."""
    return f"({dataset['sql']}) AS virtual_table" if dataset["sql"] else f"{dataset['schema']}.{dataset['table_name']}"


def expressions(dataset: dict[str, Any]) -> dict[str, str]:
    """What each column of a dataset is in SQL."""
    return {one["column_name"]: one["expression"] or one["column_name"] for one in dataset["columns"]}


def metrics(dataset: dict[str, Any]) -> dict[str, str]:
    return {one["metric_name"]: one["expression"] for one in dataset["metrics"]}


def asked_columns(params: dict[str, Any]) -> list[str]:
    """The columns that a chart shows or groups by, by its kind."""
    if params["viz_type"] == "table":
        return list(params["all_columns"])
    return [*([params["x_axis"]] if "x_axis" in params else []), *params.get("groupby", [])]


def asked_metrics(params: dict[str, Any]) -> list[str]:
    return [params["metric"]] if "metric" in params else list(params.get("metrics", []))


def condition(one: dict[str, Any], column: dict[str, str]) -> str:
    """A filter of a chart in SQL; a time range left open filters nothing."""
    if one["expressionType"] == "SQL":
        return f"({one['sqlExpression']})"
    subject = column[one["subject"]]
    if one["operator"] == "TEMPORAL_RANGE":
        assert one["comparator"] == "No filter"
        return f"({subject} IS NULL OR {subject} IS NOT NULL)"
    if one["comparator"] is None:
        assert one["operator"] == "IS NOT NULL"
        return f"{subject} IS NOT NULL"
    return f"{subject} {one['operator']} {one['comparator']}"


def query(chart: dict[str, Any]) -> str:
    """The query that Superset makes of a chart."""
    dataset, params = DATASET_OF[chart["dataset_uuid"]], chart["params"]
    column = expressions(dataset)
    named = {name: column[name] for name in asked_columns(params)}
    if params.get("time_grain_sqla"):
        assert params["time_grain_sqla"] == "P1D"
        named[params["x_axis"]] = f"DATE_TRUNC('day', {column[params['x_axis']]})"
    measured = {name: metrics(dataset)[name] for name in asked_metrics(params)}
    shown = ", ".join(f'{sql} AS "{name}"' for name, sql in (named | measured).items())
    sql = f"SELECT {shown} FROM {source(dataset)}"
    if wanted := [condition(one, column) for one in params["adhoc_filters"]]:
        sql += f" WHERE {' AND '.join(wanted)}"
    if measured and named:
        sql += f" GROUP BY {', '.join(named.values())}"
    if ordered := [json.loads(one) for one in params.get("order_by_cols", [])]:
        sql += " ORDER BY " + ", ".join(f"{column[name]} {'ASC' if rising else 'DESC'}" for name, rising in ordered)
    return f"{sql} LIMIT {params.get('row_limit', 100)}"


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_answered(reader: Any, name: str) -> None:
    cursor = reader.execute(query(CHARTS[name]))
    assert cursor.fetchall()


def test_every_household_is_in_one_bar_of_the_reserve(reader: Any) -> None:
    bars = dict(reader.execute(query(CHARTS["reserve_months_distribution"])).fetchall())
    assert sum(bars.values()) == 4
    assert (bars["00–01"], bars["未知 unknown"]) == (1, 1)
    assert sorted(bars) == [bar for bar in ("00–01", "01–03", "03–06", "06–12", "12+", "未知 unknown") if bar in bars]


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_book_is_no_error(empty: Database, name: str) -> None:
    with connected_as("headroom_reader", empty) as connection:
        found = connection.execute(query(CHARTS[name])).fetchall()
    assert found in ([], [(0,)])


def test_a_login_of_one_household_is_shown_no_other(database: Database, as_role: Callable[[str], Any]) -> None:
    fill(database)
    with psycopg.connect(database.migrator, autocommit=True) as migrator:
        migrator.execute("INSERT INTO headroom.household_reader VALUES ('headroom_household_reader', 'h2')")
    shown = set()
    with as_role("headroom_household_reader") as connection:
        for chart in CHARTS.values():
            cursor = connection.execute(query(chart))
            names = [column.name for column in cursor.description]
            if "household" in names:
                shown |= {row[names.index("household")] for row in cursor.fetchall()}
    assert shown == {"h2"}


@pytest.mark.parametrize("name", DATASETS)
def test_every_column_and_metric_of_a_dataset_can_be_asked(reader: Any, name: str) -> None:
    dataset = DATASETS[name]
    for expression in (*expressions(dataset).values(), *metrics(dataset).values()):
        assert reader.execute(f"SELECT {expression} FROM {source(dataset)}").fetchall(), expression


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_the_view_that_the_contract_promises(empty: Database, name: str) -> None:
    promised = {view["name"]: view for view in json.loads(CONTRACT.read_text())["schema"]}[name]
    plain = [one for one in DATASETS[name]["columns"] if one["expression"] is None]
    if DATASETS[name]["sql"]:
        assert plain.pop()["column_name"] == "timezone"
    assert [one["column_name"] for one in plain] == [one.name for one in columns(empty) if one.view == name]
    assert [one["description"] for one in plain] == [one["description"] for one in promised["properties"]]
    timed = [one["column_name"] for one in plain if one["is_dttm"]]
    assert timed == [one.name for one in columns(empty) if one.view == name and re.match("date|timestamp", one.type)]
    assert DATASETS[name]["table_name"] == name
    assert DATASETS[name]["main_dttm_col"] in (None, *timed)


def test_there_is_a_dataset_for_every_view(empty: Database) -> None:
    assert set(DATASETS) == {column.view for column in columns(empty)}


def test_a_renamed_column_does_not_go_unseen(filled: Database) -> None:
    """Each column that a chart names is renamed in turn: that chart's query must then fail."""
    for chart in CHARTS.values():
        dataset, sql = DATASET_OF[chart["dataset_uuid"]], query(chart)
        present = [one.name for one in columns(filled) if one.view == dataset["table_name"]]
        outside_quotes = re.sub(r"'[^']*'|\"[^\"]*\"", "", sql)
        named = [column for column in present if re.search(rf"\b{column}\b", outside_quotes)]
        for column in named:
            with psycopg.connect(filled.superuser) as superuser:
                superuser.execute(
                    f"ALTER VIEW reporting_v1.{dataset['table_name']} RENAME COLUMN {column} TO elsewhere"
                )
                superuser.execute("SET LOCAL ROLE headroom_reader")
                with pytest.raises(psycopg.errors.UndefinedColumn):
                    superuser.execute(f"EXPLAIN {sql}")
                superuser.rollback()


def money(dataset: dict[str, Any]) -> set[str]:
    """The columns and metrics of a dataset that are amounts."""
    amounts = {one["column_name"] for one in dataset["columns"] if one["type"] == "NUMERIC(20, 2)"}
    return amounts | {
        one["metric_name"]
        for one in dataset["metrics"]
        if any(re.search(rf"\(\s*{amount}\s*\)", one["expression"]) for amount in amounts)
    }


@pytest.mark.parametrize("name", CHARTS)
def test_amounts_are_shown_with_their_currency_and_never_added_across_currencies(name: str) -> None:
    chart = CHARTS[name]
    params, amounts = chart["params"], money(DATASET_OF[chart["dataset_uuid"]])
    shown = amounts & {*asked_columns(params), *asked_metrics(params)}
    if not shown:
        return
    assert "currency" in asked_columns(params)
    auto = {"symbol": "AUTO", "symbolPosition": "suffix"}
    if params["viz_type"] == "table":
        assert {column: params["column_config"][column]["currencyFormat"] for column in shown} == dict.fromkeys(
            shown, auto
        )
    else:
        assert params["currency_format"] == auto


def test_every_amount_measured_takes_its_currency_from_the_row() -> None:
    for dataset in DATASETS.values():
        assert dataset["currency_code_column"] == "currency"
        for metric in dataset["metrics"]:
            assert bool(metric["currency"]) == (metric["metric_name"] in money(dataset)), metric["metric_name"]


def test_every_uuid_is_one_thing_and_every_reference_finds_it() -> None:
    everything = [*DATABASES.values(), *DATASETS.values(), *CHARTS.values(), *DASHBOARDS.values()]
    uuids = [one["uuid"] for one in everything]
    assert [str(UUID(one)) for one in uuids] == uuids
    assert len(set(uuids)) == len(uuids)
    assert {one["version"] for one in everything} == {"1.0.0"}
    assert {one["database_uuid"] for one in DATASETS.values()} == {one["uuid"] for one in DATABASES.values()}
    assert {one["dataset_uuid"] for one in CHARTS.values()} == set(DATASET_OF)
    metadata = yaml.safe_load((HOME / "metadata.yaml").read_text())
    assert (metadata["version"], metadata["type"]) == ("1.0.0", "Dashboard")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_agrees_with_itself(name: str) -> None:
    assert CHARTS[name]["viz_type"] == CHARTS[name]["params"]["viz_type"]
    for text in (CHARTS[name]["slice_name"], CHARTS[name]["description"]):
        assert CJK.search(text)
        assert re.search("[A-Za-z]{3}", text)


def test_every_chart_is_on_a_dashboard_and_every_place_has_its_chart() -> None:
    placed = set()
    for dashboard in DASHBOARDS.values():
        position = {key: one for key, one in dashboard["position"].items() if isinstance(one, dict)}
        for key, one in position.items():
            assert one["id"] == key
            assert set(one.get("children", [])) <= set(position)
            assert all(key in position[parent]["children"] for parent in one.get("parents", [])[-1:])
        charts = [one["meta"] for one in position.values() if one["type"] == "CHART"]
        assert len({one["chartId"] for one in charts}) == len(charts)
        rows = [one for one in position.values() if one["type"] == "ROW"]
        assert all(sum(position[child]["meta"]["width"] for child in row["children"]) <= 12 for row in rows)
        placed |= {(one["uuid"], one["sliceName"]) for one in charts}
    assert placed == {(chart["uuid"], chart["slice_name"]) for chart in CHARTS.values()}


def test_a_dashboard_filters_by_a_column_that_all_its_charts_have() -> None:
    for dashboard in DASHBOARDS.values():
        places = [one for one in dashboard["position"].values() if isinstance(one, dict)]
        used = {one["meta"]["uuid"] for one in places if one["type"] == "CHART"}
        for chosen in dashboard["metadata"]["native_filter_configuration"]:
            (target,) = chosen["targets"]
            column = target["column"]["name"]
            assert column in expressions(DATASET_OF[target["datasetUuid"]])
            for chart in CHARTS.values():
                if chart["uuid"] in used:
                    assert column in expressions(DATASET_OF[chart["dataset_uuid"]])


def test_the_bundle_is_one_folder_and_asks_for_the_password(tmp_path: Path) -> None:
    bundle(tmp_path / "a.zip")
    bundle(tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with ZipFile(tmp_path / "a.zip") as packed:
        names = packed.namelist()
        assert {name.partition("/")[0] for name in names} == {"headroom"}
        assert len(names) == 1 + len(DATABASES) + len(DATASETS) + len(CHARTS) + len(DASHBOARDS)
        (database,) = [yaml.safe_load(packed.read(name)) for name in names if "/databases/" in name]
    assert ":XXXXXXXXXX@" in database["sqlalchemy_uri"]


def test_an_address_given_takes_the_place_of_the_masked_one(tmp_path: Path) -> None:
    uri = "postgresql+psycopg2://wang:it's-\\1@db.example:5432/headroom"
    bundle(tmp_path / "a.zip", uri=uri)
    with ZipFile(tmp_path / "a.zip") as packed:
        assert yaml.safe_load(packed.read("headroom/databases/Headroom.yaml")) == {
            **DATABASES["Headroom"], "sqlalchemy_uri": uri,
        }  # fmt: skip
