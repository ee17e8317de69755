"""Parse: faults of form as findings, all at once, and never a traceback."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.factory.parse import parse
from tests import factories as t

NOW = "2027-03-01T08:00:00+01:00"


def faults(**lists):
    snapshot, findings = parse({"now": NOW, **lists})
    assert (snapshot is None) == bool(findings.errors)
    return list(findings)


def demand(**fields):
    return {"id": "SO-1/10", "item": "BIKE", "plant": "GRAZ", "quantity": 1} | fields


@pytest.mark.parametrize(
    ("lists", "code", "path", "words"),
    [
        ({"demands": [demand(quantity=-1)]}, "data.negative", "demands/SO-1/10/quantity", "-1 is"),
        (
            {"demands": [demand(quantity="x")]},
            "data.not_a_number",
            "demands/SO-1/10/quantity",
            "'x'",
        ),
        (
            {"demands": [demand(quantity=True)]},
            "data.not_a_number",
            "demands/SO-1/10/quantity",
            "true",
        ),
        (
            {"demands": [demand(quantity="1e99")]},
            "data.out_of_range",
            "demands/SO-1/10/quantity",
            "1e99",
        ),
        ({"demands": [demand(priority=1.5)]}, "data.not_whole", "demands/SO-1/10/priority", "1.5"),
        ({"demands": [demand(status="opn")]}, "data.not_a_choice", "demands/SO-1/10/status", "opn"),
        (
            {"demands": [demand(requested="soon")]},
            "data.not_a_date",
            "demands/SO-1/10/requested",
            "soon",
        ),
        (
            {"demands": [demand(promised="2027-03-01T08:00")]},
            "data.naive_timestamp",
            "demands/SO-1/10/promised",
            "no time zone",
        ),
        (
            {"demands": [{"id": "A", "plant": "G", "quantity": 1}]},
            "data.missing",
            "demands/A/item",
            "demand A has no item.",
        ),
        ({"demands": [demand(colour=1)]}, "data.unknown_field", "demands/SO-1/10/colour", "colour"),
        ({"items": [{"id": ""}]}, "data.empty", "items/0/id", "empty"),
        ({"items": [{"id": "A" * 300}]}, "data.too_long", f"items/{'A' * 300}/id", "200"),
        ({"items": [{"id": 5}]}, "data.wrong_type", "items/0/id", "5 is not text"),
        ({"items": {"id": "A"}}, "data.wrong_type", "items", "not a list"),
        ({"items": [7]}, "data.wrong_type", "items/0", "number 1 of items"),
        (
            {"machines": [{"id": "M", "plant": "G", "capacity": 0}]},
            "data.not_positive",
            "machines/M/capacity",
            "0 is",
        ),
        (
            {"calendars": [{"id": "C", "rules": [{"starts": "25:00"}]}]},
            "data.not_a_time",
            "calendars/C/rules/0/starts",
            "25:00",
        ),
        (
            {"plants": [{"id": "G", "frozen": "a while"}]},
            "data.not_a_duration",
            "plants/G/frozen",
            "a while",
        ),
        (
            {
                "boms": [
                    {"id": "B", "item": "A", "lines": [{"item": "P", "quantity": 1, "loss": 5}]}
                ]
            },
            "data.out_of_range",
            "boms/B/lines/P/loss",
            "5 is not a loss",
        ),
        (
            {"stock": [{"item": "BIKE", "plant": "GRAZ", "quantity": "many"}]},
            "data.not_a_number",
            "stock/BIKE@GRAZ/quantity",
            "many",
        ),
        ({"truedate": "7"}, "data.version", "truedate", "version '7'"),
    ],
)
def test_faults_are_told_in_words_where_they_stand(lists, code, path, words) -> None:
    (fault,) = faults(**lists)
    assert (fault.code, fault.path) == (code, path)
    assert words in fault.message
    assert fault.remedy


def test_a_misspelt_field_is_told_its_right_name() -> None:
    assert faults(demands=[demand(requsted="2027-03-01")])[0].remedy == "Did you mean requested?"


def test_a_sound_snapshot_comes_back_as_it_was() -> None:
    plant = t.two_level_plant(t.demand(requested=t.day("2027-03-31")))
    again, findings = parse(json.loads(plant.model_dump_json()))
    assert again == plant
    assert not list(findings)


def test_ten_thousand_faults_are_told_at_once() -> None:
    rows = [demand(id=f"SO-{n}", quantity=-1) for n in range(10_000)]
    started = time.process_time()
    assert len(faults(demands=rows)) == 10_000
    assert time.process_time() - started < 5


@pytest.mark.parametrize("data", [None, [], "snapshot", 5, {1: 2}, {"now": 10**5000}])
def test_what_is_no_snapshot_is_a_finding(data) -> None:
    snapshot, findings = parse(data)
    assert snapshot is None
    assert findings.errors


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "item", "plant", "quantity", "steps", "lines", "lead_time", "now"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["items", "boms", "routings", "demands", "now", "x"]), JSON))
def test_nothing_that_json_can_say_gives_a_traceback(data) -> None:
    snapshot, findings = parse(data)
    assert (snapshot is None) == bool(findings.errors)
    assert all(x.message and x.path and x.remedy for x in findings)
