"""The Superset bundle as Superset 6.1 takes and shows it: what its importer accepts, and what a reader then sees."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import ops
from tests.readmodels.test_superset import CHARTS, CJK, DASHBOARDS, DATABASES, DATASET_OF, DATASETS

GRAFANA: Final = Path(ops.__file__).parent / "grafana" / "dashboards"

# An unknown key makes the importer refuse the whole bundle, a missing required one likewise.
REQUIRED: Final = {
    "database": {"database_name", "sqlalchemy_uri", "uuid", "version"},
    "dataset": {"database_uuid", "table_name", "uuid", "version"},
    "column": {"column_name"},
    "metric": {"expression", "metric_name"},
    "chart": {"dataset_uuid", "slice_name", "uuid", "version", "viz_type"},
    "dashboard": {"dashboard_title", "uuid", "version"},
}
KNOWN: Final = {
    "database": {
        "allow_csv_upload", "allow_ctas", "allow_cvas", "allow_dml", "allow_run_async", "cache_timeout",
        "expose_in_sqllab", "extra",
    },
    "dataset": {
        "always_filter_main_dttm", "cache_timeout", "catalog", "columns", "currency_code_column", "default_endpoint",
        "description", "extra", "fetch_values_predicate", "filter_select_enabled", "main_dttm_col", "metrics",
        "normalize_columns", "offset", "params", "schema", "sql", "template_params",
    },
    "column": {
        "advanced_data_type", "description", "expression", "extra", "filterable", "groupby", "is_active", "is_dttm",
        "python_date_format", "type", "verbose_name",
    },
    "metric": {"currency", "d3format", "description", "extra", "metric_type", "verbose_name", "warning_text"},
    "chart": {
        "cache_timeout", "certification_details", "certified_by", "description", "params", "query_context",
    },
    "dashboard": {
        "certification_details", "certified_by", "css", "description", "metadata", "position", "published", "slug",
    },
}  # fmt: skip


def parts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the bundle with its kind."""
    kinds = (("database", DATABASES), ("dataset", DATASETS), ("chart", CHARTS), ("dashboard", DASHBOARDS))
    for kind, files in kinds:
        yield from ((kind, one) for one in files.values())
    for dataset in DATASETS.values():
        yield from (("column", one) for one in dataset["columns"])
        yield from (("metric", one) for one in dataset["metrics"])


def test_the_importer_knows_every_key_and_misses_none() -> None:
    for kind, part in parts():
        assert set(part) >= REQUIRED[kind], part
        assert set(part) <= REQUIRED[kind] | KNOWN[kind], part


def test_a_filter_that_begins_with_the_first_choice_is_applied_before_the_charts_are_asked() -> None:
    """Without `requiredFirst` the choice is shown, yet every chart answers for all households."""
    (chosen,) = DASHBOARDS["household"]["metadata"]["native_filter_configuration"]
    assert chosen["controlValues"]["defaultToFirstItem"]
    assert chosen["controlValues"]["enableEmptyFilter"]
    assert chosen["requiredFirst"]


@pytest.mark.parametrize("name", DATASETS)
def test_every_heading_and_legend_is_in_both_languages(name: str) -> None:
    """A table shows the verbose name of a column; a legend shows the name of a metric itself."""
    dataset = DATASETS[name]
    said = [one["verbose_name"] for one in dataset["columns"]] + [one["metric_name"] for one in dataset["metrics"]]
    assert [text for text in said if not CJK.search(text) or not re.search("[A-Za-z]{2}", text)] == []
    assert all(one["metric_name"] == one["verbose_name"] for one in dataset["metrics"])


@pytest.mark.parametrize("name", DATASETS)
def test_no_metric_is_named_like_a_column(name: str) -> None:
    """Superset would order a table of rows by the metric, and group it."""
    columns = {one["column_name"] for one in DATASETS[name]["columns"]}
    assert not columns & {one["metric_name"] for one in DATASETS[name]["metrics"]}


@pytest.mark.parametrize("name", [name for name, chart in CHARTS.items() if chart["viz_type"] == "table"])
def test_a_table_shows_days_as_days_and_times_by_the_clock_of_the_household(name: str) -> None:
    """Superset draws an instant in UTC, hours off, and by night on another day."""
    params = CHARTS[name]["params"]
    types = {one["column_name"]: one["type"] for one in DATASET_OF[CHARTS[name]["dataset_uuid"]]["columns"]}
    shown = {column: types[column] for column in params["all_columns"]}
    assert "TIMESTAMP WITH TIME ZONE" not in shown.values()
    for column, kind in shown.items():
        if kind == "DATE":
            assert params["column_config"][column] == {"d3TimeFormat": "%Y-%m-%d"}


def test_codes_are_told_in_the_words_that_grafana_tells_them_in() -> None:
    told = json.loads((GRAFANA / "household.json").read_text(encoding="utf-8"))
    overrides = [one for panel in told["panels"] for one in panel["fieldConfig"]["overrides"]]
    words = {
        one["matcher"]["options"]: {code: text["text"] for code, text in found["value"][0]["options"].items()}
        for one in overrides
        for found in one["properties"]
        if found["id"] == "mappings"
    }
    places = (("line_position", "product"), ("line_position", "status"), ("limit_changes", "kind"))
    for dataset, column in places:
        (expression,) = [
            one["expression"] for one in DATASETS[dataset]["columns"] if one["column_name"] == f"{column}_told"
        ]
        assert dict(re.findall("WHEN '([^']*)' THEN '([^']*)'", expression)) == words[column]


def test_a_dashboard_leads_to_the_other() -> None:
    slugs = {dashboard["slug"] for dashboard in DASHBOARDS.values()}
    for dashboard in DASHBOARDS.values():
        places = [one for one in dashboard["position"].values() if isinstance(one, dict)]
        linked = re.findall(r"/superset/dashboard/([\w-]+)/", json.dumps([one.get("meta") for one in places]))
        assert set(linked) == slugs - {dashboard["slug"]}
