"""Durations: when steps must start, and when an order could be done."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scheduler import factory as f
from scheduler.network.durations import Durations
from scheduler.network.lead_times import LeadTimes
from tests import factories as t


def durations(*routings: f.Routing, **lists) -> Durations:
    plant = t.one_machine_plant(routings=list(routings), **lists)
    return Durations(plant, LeadTimes(plant))


def starts(routing: f.Routing, due: str, good: int, **lists) -> list[str]:
    found = durations(routing, **lists)
    clocks = found._clocks
    seconds = found.latest_starts(routing, clocks.seconds(t.at(due)), Fraction(good))
    return [clocks.moment(s).astimezone(t.VIENNA).strftime("%d %H:%M") for s in seconds]


def test_steps_are_counted_back_one_after_the_other() -> None:
    routing = t.routing("BIKE", t.step("A", "M1", run=60, setup=30), t.step("B", "M1", run=30))
    assert starts(routing, "2027-03-10 17:00", 4) == ["10 09:30", "10 15:00"]


def test_lags_queues_and_post_time_are_kept() -> None:
    a = t.step("A", "M1", run=60, post_time=t.minutes(20))
    b = t.step("B", "M1", run=60, minimum_lag=t.minutes(30), queue=t.minutes(10))
    assert starts(t.routing("BIKE", a, b), "2027-03-10 17:00", 1) == ["10 14:00", "10 16:00"]


def test_efficiency_and_batches_count() -> None:
    oven = t.step("BAKE", "M1", run_per_batch=t.minutes(60), batch_quantity=4)
    fast = [t.machine("M1", efficiency=2)]
    assert starts(t.routing("BIKE", oven), "2027-03-10 17:00", 5, machines=fast) == ["10 16:00"]


def test_a_step_waits_for_all_it_follows() -> None:
    a, b = t.step("A", "M1", run=60), t.step("B", "M1", run=30, follows=())
    c = t.step("C", "M1", run=60, follows=(f.Link(step="A"), f.Link(step="B")))
    routing = t.routing("BIKE", a, b, c)
    assert starts(routing, "2027-03-10 17:00", 1) == ["10 15:00", "10 15:30", "10 16:00"]


def test_overlap_lets_the_next_step_start_with_the_first_batch() -> None:
    a = t.step("A", "M1", run=30)
    b = t.step("B", "M1", run=30, transfer_batch=1)
    assert starts(t.routing("BIKE", a, b), "2027-03-10 17:00", 4) == ["10 14:30", "10 15:00"]


def test_steps_that_follow_each_other_do_not_hang_the_estimate() -> None:
    a = t.step("A", "M1", run=30, follows=(f.Link(step="B"),))
    b = t.step("B", "M1", run=30, follows=(f.Link(step="A"),))
    assert len(starts(t.routing("BIKE", a, b), "2027-03-10 17:00", 1)) == 2


def test_pieces_that_enter_a_step_grow_with_the_yields_after_it() -> None:
    a = t.step("A", "M1", run=1, yield_ratio="0.5")
    b = t.step("B", "M1", run=1, yield_ratio="0.8")
    times = durations(routing := t.routing("BIKE", a, b)).of(routing)
    assert [s.pieces for s in times.steps] == [Fraction("2.5"), Fraction("1.25")]
    assert times.start_pieces == Fraction("2.5")


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=4),
    st.integers(1, 8),
    st.integers(0, 20 * 24 * 60),
)
def test_what_starts_at_the_latest_start_is_done_in_time(runs, good, minutes) -> None:
    routing = t.routing("BIKE", *(t.step(f"S{n}", "M1", run=r) for n, r in enumerate(runs)))
    found = durations(routing)
    due = found._clocks.now + 30 * 86_400 + minutes * 60
    first = min(found.latest_starts(routing, due, Fraction(good)))
    assert found.earliest_end(routing, first, Fraction(good)) <= due
