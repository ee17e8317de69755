"""The page: whole, offline, harmless, and the same picture for the same plan."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from scheduler.findings import Finding, Severity
from scheduler.frames import kpis, load, promises
from scheduler.pictures import plan_page, plan_svg
from scheduler.pictures.words import count, duration, text
from scheduler.solve import plan as planned
from tests import factories as t
from tests.scheduler.plans import MadePlan, made_plan

EVIL = "</script><script>alert(1)</script><!--"


def page_of(plan: MadePlan, findings=(), reasons=None) -> str:
    lines = promises(plan.snapshot, plan.network, plan.built, plan.schedule, reasons)
    loads = load(plan.built, plan.schedule, plan.snapshot)
    return plan_page(
        plan.snapshot,
        plan.built,
        plan.schedule,
        lines,
        load=loads,
        figures=kpis(plan.built, plan.schedule, lines, loads),
        findings=findings,
    )


@pytest.fixture(scope="module")
def plan() -> MadePlan:
    return made_plan(160, first_demand=EVIL)


@pytest.fixture(scope="module")
def page(plan) -> str:
    evil = Finding("unit.unknown", f"items/{EVIL}", f"{EVIL} is no unit.", EVIL, Severity.ERROR)
    why = {demand.id: f"waits for {EVIL}" for demand in plan.network.demands}
    return page_of(plan, [evil], why)


def part(page: str, pattern: str) -> str:
    """The first group of a pattern that is there."""
    found = re.search(pattern, page, re.DOTALL)
    assert found
    return found.group(1)


class Elements(HTMLParser):
    """Elements with their attributes, and whether every one that was opened is closed."""

    VOID = ("meta", "link", "input", "br")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_the_page_refers_to_nothing_outside(page) -> None:
    for tag, attributes in Elements(page).found:
        for name in ("src", "href", "action", "srcset", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:")), (tag, name, value)
    assert "@import" not in page
    assert "url(" not in page
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|innerHTML|eval\(", page)


def test_every_element_is_closed_and_none_carries_style_or_script(page) -> None:
    elements = Elements(page)
    assert not elements.open
    for _, attributes in elements.found:
        assert not any(name == "style" or name.startswith("on") for name in attributes)


def test_the_policy_allows_the_script_and_style_of_the_page_by_hash(page) -> None:
    policy = part(page, r'Content-Security-Policy" content="([^"]*)"')
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        content = part(page, rf"<{tag}>(.*?)</{tag}>")
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_an_order_that_is_called_script_stays_text(page) -> None:
    assert EVIL not in page
    scripts = [attributes for tag, attributes in Elements(page).found if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "plan"}, {}]
    data = part(page, r'id="plan">(.*?)</script>')
    assert EVIL in json.loads(data)["demands"]["names"]


def column(page: str, *path: str) -> np.ndarray:
    data = json.loads(part(page, r'id="plan">(.*?)</script>'))
    for key in path:
        data = data[key]
    return np.frombuffer(base64.b64decode(data), dtype="<i4")


def test_the_columns_of_the_page_are_those_of_the_schedule(page, plan) -> None:
    for name in ("setup", "start", "end", "slot"):
        assert column(page, "operations", "columns", name).tolist() == (
            getattr(plan.schedule, name).tolist()
        )


def test_a_transfer_is_one_bar_from_sending_to_arrival() -> None:
    lanes = [t.lane("LINZ", "GRAZ", t.working_days(2))]
    routings = [t.routing("BIKE", t.step("MAKE", "L1", fixed=60), plant="LINZ")]
    made = planned(t.two_plants(t.demand(), lanes=lanes, routings=routings), seconds=0)
    page = plan_page(made.snapshot, made.built, made.schedule, made.promises)
    spans = [column(page, "operations", "columns", name).tolist() for name in ("start", "end")]
    horizon = made.built.horizon
    rows = [(horizon.at_or_after(r.start), horizon.at_or_after(r.end)) for r in made.rows]
    assert sorted(zip(*spans, strict=True)) == sorted(rows)


def test_local_days_are_an_hour_shorter_when_clocks_go_forward() -> None:
    # Runs over Sunday 28 March 2027.
    days = column(page_of(made_plan(700)), "zones", "days", "Europe/Vienna").tolist()
    assert {later - day for day, later in pairwise(days)} == {1440, 1380}


def test_the_same_plan_gives_the_same_page(plan) -> None:
    assert page_of(plan) == page_of(plan)


def test_late_orders_stand_on_the_page_with_reason_the_worst_first(page, plan) -> None:
    late = [
        row for row in promises(plan.snapshot, plan.network, plan.built, plan.schedule) if row.late
    ]
    shown = re.findall(r'data-demand="([^"]*)"', page)
    worst = max(late, key=lambda row: row.lateness_hours)
    assert len(shown) == len(late)
    assert shown[0] == text(worst.demand)


def test_ten_thousand_operations_are_about_a_megabyte() -> None:
    assert len(page_of(made_plan(10_000, machines=60))) < 1_500_000


def test_an_empty_plan_is_a_page_too() -> None:
    plan = made_plan(1)
    assert "Late orders" in plan_page(plan.snapshot, plan.built, plan.schedule, [])


def test_the_still_picture_is_well_formed_and_escaped(plan) -> None:
    lines = promises(plan.snapshot, plan.network, plan.built, plan.schedule)
    root = ElementTree.fromstring(plan_svg(plan.snapshot, plan.built, plan.schedule, lines))
    assert root.tag.endswith("svg")
    assert any("SAW-1" in (part.text or "") for part in root.iter())


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.5, "30 min"),
        (1, "1 h"),
        (8.34, "8 h 20"),
        (71.99, "71 h 59"),
        (100, "4 d 4 h"),
        (96, "4 d"),
    ],
)
def test_durations_read_as_a_planner_says_them(hours, words) -> None:
    assert duration(hours) == words


def test_counts_have_their_plural() -> None:
    assert count(1, "order") == "1 order"
    assert count(1200, "delivery", "deliveries") == "1,200 deliveries"
