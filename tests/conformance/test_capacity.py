"""Rule groups about capacity. GRAZ works 8 h a day from Monday 2027-03-01 08:00 on."""

import pytest

from scheduler import factory as f
from scheduler.policy import Alternatives, Policy
from tests import factories as t
from tests.conformance.plants import (
    codes,
    date,
    dates,
    late,
    machines,
    planned,
    reason,
    rows,
    runs,
)

PREFERRED = Policy(alternatives=Alternatives.PRIORITY)


def days_of_work(count: int, due: str, **fields):
    """So many orders of one day of work each."""
    return [
        t.demand(f"SO-{n + 1}", quantity=8, requested=t.at(due), **fields) for n in range(count)
    ]


def test_constraints_resource_1_too_much_for_one_day_is_begun_earlier() -> None:
    """Three days of work due on Wednesday fit when the first is begun on Monday."""
    plan = planned(t.one_machine_plant(*days_of_work(3, "2027-03-03 17:00")))
    assert sorted(dates(plan).values()) == [f"2027-03-0{n} 17:00" for n in (1, 2, 3)]
    assert all(p.lateness_hours == 0 for p in plan.promises)


def test_constraints_resource_2_what_would_begin_in_the_past_is_late_and_says_why() -> None:
    """Four days of work due on Wednesday: the least important one is a day late."""
    three = days_of_work(3, "2027-03-03 17:00", priority=1)
    last = t.demand("LAST", quantity=8, requested=t.at("2027-03-03 17:00"), priority=2)
    plan = planned(t.one_machine_plant(last, *three))
    assert date(plan, "LAST") == "2027-03-04 17:00"
    assert late(plan, "LAST") == 24
    assert "M1" in reason(plan, "LAST")
    assert min(r.start for r in rows(plan)) == t.NOW


@pytest.mark.parametrize(("kind", "done"), [("single", ["01", "02"]), ("unlimited", ["01", "01"])])
def test_constraints_resource_3_short_capacity_makes_late_and_unlimited_does_not(
    kind, done
) -> None:
    """Two days of work due today."""
    plan = planned(
        t.one_machine_plant(
            *days_of_work(2, "2027-03-01 17:00"), machines=[t.machine("M1", kind=kind)]
        )
    )
    assert sorted(dates(plan).values()) == [f"2027-03-{n} 17:00" for n in done]


def test_constraints_resource_4_scattered_capacity_is_filled_while_material_is_waited_for() -> None:
    """M1 works one hour a day. A waits for its part until Wednesday and comes first, but B fills
    Monday and Tuesday."""
    plan = planned(
        t.snapshot(
            calendars=[t.DAY, t.calendar("HOUR", "08:00-09:00")],
            machines=[t.machine("M1", calendar="HOUR")],
            routings=[t.routing(i, t.step("MAKE", "M1", run=60)) for i in ("A", "B")],
            boms=[t.bom("A", t.line("PART"))],
            receipts=[t.receipt("PO-1", "PART", 2, t.day("2027-03-03"))],
            demands=[
                t.demand("SO-A", "A", 2, t.at("2027-03-04 09:00"), priority=1),
                t.demand("SO-B", "B", 2, t.at("2027-03-02 09:00"), priority=2),
            ],
        )
    )
    assert dates(plan) == {"SO-A": "2027-03-04 09:00", "SO-B": "2027-03-02 09:00"}


PIECES = ("08:00-08:30", "09:00-09:10", "10:00-10:45", "11:00-11:05", "13:00-13:30")
"""120 minutes a day, in pieces."""


def in_pieces(*demands, run):
    return t.one_machine_plant(
        *demands,
        run=run,
        calendars=[t.DAY, t.calendar("PIECES", *PIECES)],
        machines=[t.machine("M1", calendar="PIECES")],
    )


def test_constraints_resource_5_one_order_uses_varying_capacity_to_the_last_minute() -> None:
    plan = planned(in_pieces(t.demand(quantity=1), run=120))
    assert runs(plan) == [("2027-03-01 08:00", "2027-03-01 13:30")]
    assert date(planned(in_pieces(t.demand(quantity=1), run=121))) == "2027-03-02 08:01"


def test_constraints_resource_6_several_orders_use_varying_capacity_to_the_last_minute() -> None:
    """40 + 80 + 120 minutes, each due when the capacity up to then is used up."""
    plan = planned(
        in_pieces(
            t.demand("SO-1", quantity=6, requested=t.at("2027-03-02 13:30")),
            t.demand("SO-2", quantity=2, requested=t.at("2027-03-01 09:10")),
            t.demand("SO-3", quantity=4, requested=t.at("2027-03-01 13:30")),
            run=20,
        )
    )
    assert dates(plan) == {
        "SO-1": "2027-03-02 13:30",
        "SO-2": "2027-03-01 09:10",
        "SO-3": "2027-03-01 13:30",
    }


def bottleneck(ahead):
    """A quick cut of 30 minutes before a day of welding; one order due on each day from Tuesday."""
    return t.snapshot(
        machines=[t.machine("SAW", work_ahead=ahead), t.machine("WELDER")],
        routings=[
            t.routing("BIKE", t.step("CUT", "SAW", fixed=30), t.step("WELD", "WELDER", fixed=480))
        ],
        demands=[t.demand(f"SO-{d}", requested=t.at(f"2027-03-0{d} 17:00")) for d in (2, 3, 4, 5)],
    )


def test_constraints_resource_8_work_is_not_done_longer_ahead_than_a_machine_allows() -> None:
    """48 h ahead: each cut waits for 17:00 two days before its date, so for the next morning."""
    plan = planned(bottleneck(t.hours(48)))
    assert [start for start, _ in runs(plan, "CUT")] == [
        "2027-03-01 08:00",
        "2027-03-02 08:00",
        "2027-03-03 08:00",
        "2027-03-04 08:00",
    ]
    # The welder is never kept waiting.
    assert dates(plan) == {f"SO-{d}": f"2027-03-0{d} 08:30" for d in (2, 3, 4, 5)}


def test_constraints_resource_8_without_a_limit_everything_is_cut_at_once() -> None:
    plan = planned(bottleneck(None))
    assert runs(plan, "CUT")[-1] == ("2027-03-01 09:30", "2027-03-01 10:00")
    assert dates(plan) == {f"SO-{d}": f"2027-03-0{d} 08:30" for d in (2, 3, 4, 5)}


def people(*members: f.Worker, **fields) -> f.LabourPool:
    return f.LabourPool(id="CREW", plant="GRAZ", members=members, **fields)


def able(ident: str, *skills: tuple[str, int], **fields) -> f.Worker:
    return f.Worker(
        id=ident,
        skills=tuple(f.SkillLevel(skill=s, priority=p) for s, p in skills),
        **fields,
    )


def crewed(*demands, pool, need, count: int = 2, **lists):
    """BIKE is made at benches, 60 minutes a piece, by people of the pool CREW."""
    benches = [f"B{n + 1}" for n in range(count)]
    return t.snapshot(
        machines=[t.machine(b) for b in benches],
        labour_pools=[pool],
        routings=[t.routing("BIKE", t.step("MAKE", *benches, run=60, labour=(need,)))],
        demands=list(demands),
        **lists,
    )


def test_constraints_resource_9_a_skill_that_nobody_has_is_said_and_the_rest_is_planned() -> None:
    plant = crewed(
        t.demand("SO-1"),
        pool=people(able("ANN", ("saw", 1))),
        need=f.LabourNeed(pool="CREW", skill="weld"),
    )
    plant = t.extended(
        plant,
        items=[t.item("CAR")],
        routings=[t.routing("CAR", t.step("MAKE", "B1", run=60))],
        demands=[t.demand("SO-2", "CAR")],
    )
    plan = planned(plant)
    assert dates(plan) == {"SO-1": None, "SO-2": "2027-03-01 09:00"}
    assert "labour.no_skill" in codes(plan)
    assert any("weld" in f.message for f in plan.findings if f.code == "labour.no_skill")
    assert reason(plan, "SO-1") != ""


@pytest.mark.parametrize(("speed", "done"), [("0.5", "10:00"), ("1", "09:00"), ("4", "08:15")])
def test_resource_efficiency_of_a_machine_stretches_and_shrinks_an_hour(speed, done) -> None:
    plan = planned(t.one_machine_plant(t.demand(), machines=[t.machine("M1", efficiency=speed)]))
    assert date(plan) == f"2027-03-01 {done}"


def test_resource_efficiency_of_members_of_a_pool_decides_how_long_each_takes() -> None:
    """ANN is twice as fast; BEN needs the hour. Both have to work all morning."""
    plan = planned(
        crewed(
            t.demand("SO-1", quantity=8, requested=t.at("2027-03-01 12:00")),
            t.demand("SO-2", quantity=4, requested=t.at("2027-03-01 12:00")),
            pool=people(able("ANN", efficiency=2), able("BEN")),
            need=f.LabourNeed(pool="CREW"),
        )
    )
    took = {r.workers: r.end - r.start for r in rows(plan)}
    quantity = {r.workers: int(r.quantity) for r in rows(plan)}
    assert set(took) == {("ANN",), ("BEN",)}
    assert took["ANN",] == t.minutes(30) * quantity["ANN",]
    assert took["BEN",] == t.minutes(60) * quantity["BEN",]


def test_resource_pool_two_of_three_people_cannot_be_in_two_crews_of_two() -> None:
    plan = planned(
        crewed(
            t.demand("SO-1"),
            t.demand("SO-2"),
            pool=people(able("ANN"), able("BEN"), able("CID")),
            need=f.LabourNeed(pool="CREW", people=2),
        )
    )
    assert sorted(dates(plan).values()) == ["2027-03-01 09:00", "2027-03-01 10:00"]
    assert all(len(set(r.workers)) == 2 for r in rows(plan))


def test_resource_pool_a_crew_of_two_waits_for_the_hours_in_which_two_are_there() -> None:
    """One in the morning, two in the afternoon: five hours of work end on Tuesday at 14:00."""
    sizes = t.calendar(
        "SIZES",
        more=[
            f.CalendarRule(days=t.WEEKDAYS, starts="08:00", ends="12:00", level=1),
            f.CalendarRule(days=t.WEEKDAYS, starts="13:00", ends="17:00", level=2),
        ],
    )
    plan = planned(
        crewed(
            t.demand(quantity=5),
            pool=f.LabourPool(id="CREW", plant="GRAZ", calendar="SIZES"),
            need=f.LabourNeed(pool="CREW", people=2),
            calendars=[t.DAY, sizes],
        )
    )
    assert runs(plan) == [("2027-03-01 13:00", "2027-03-02 14:00")]


@pytest.mark.parametrize(("units", "last"), [(1, "09:00"), (2, "10:00"), (3, "11:00")])
def test_resource_pool_operations_take_several_places_of_a_line(units, last) -> None:
    """A line of five places, three orders of an hour: of two places each only two orders fit."""
    line = f.Machine(id="LINE", plant="GRAZ", kind=f.MachineKind.MULTIPLE, capacity=5)
    step = t.step("MAKE", fixed=60).model_copy(
        update={"alternatives": (f.Alternative(machine="LINE", units=units),)}
    )
    plan = planned(
        t.one_machine_plant(
            *(t.demand(f"SO-{n}") for n in (1, 2, 3)),
            machines=[line],
            routings=[t.routing("BIKE", step)],
        )
    )
    assert max(dates(plan).values()) == f"2027-03-01 {last}"


@pytest.mark.parametrize(("stays", "second"), [(True, "12:00"), (False, "11:00")])
def test_resource_tool_stays_with_an_order_while_people_and_machines_change(stays, second) -> None:
    """One mould; CUT by a cutter on M1, then SEW by a sewer on M2, an hour each, two orders.

    With the mould kept, the second order begins when the first is finished.
    """

    def one(step, machine, pool):
        return t.step(
            step,
            machine,
            run=60,
            labour=(f.LabourNeed(pool=pool),),
            tools=(f.ToolNeed(tool="MOULD", whole_order=True),) if stays else (),
        )

    plan = planned(
        t.snapshot(
            machines=[t.machine("M1"), t.machine("M2")],
            labour_pools=[f.LabourPool(id=p, plant="GRAZ") for p in ("CUTTERS", "SEWERS")],
            tools=[f.Tool(id="MOULD", plant="GRAZ")],
            routings=[t.routing("BAG", one("CUT", "M1", "CUTTERS"), one("SEW", "M2", "SEWERS"))],
            demands=[t.demand("SO-1", "BAG"), t.demand("SO-2", "BAG")],
        )
    )
    assert sorted(dates(plan).values()) == ["2027-03-01 10:00", f"2027-03-01 {second}"]


def test_skills_only_the_qualified_work_and_the_preferred_first() -> None:
    """BEN is preferred for welding, ANN can do it, CID cannot."""
    crew = people(able("ANN", ("weld", 2)), able("BEN", ("weld", 1)), able("CID", ("saw", 1)))
    need = f.LabourNeed(pool="CREW", skill="weld")
    loose = planned(
        crewed(t.demand(requested=t.day("2027-03-05")), pool=crew, need=need), PREFERRED
    )
    assert [r.workers for r in rows(loose)] == [("BEN",)]
    tight = [t.demand(f"SO-{n}", requested=t.at("2027-03-01 09:00")) for n in (1, 2, 3)]
    plan = planned(crewed(*tight, pool=crew, need=need, count=3), PREFERRED)
    assert sorted(dates(plan).values()) == ["2027-03-01 09:00"] * 2 + ["2027-03-01 10:00"]
    assert {w for r in rows(plan) for w in r.workers} == {"ANN", "BEN"}


@pytest.mark.parametrize(
    ("due", "used"),
    [("2027-03-01 17:00", ["M1", "M2"]), ("2027-03-02 17:00", ["M1", "M1"])],
)
def test_load_alternate_the_other_machine_is_used_only_when_the_date_needs_it(due, used) -> None:
    plan = planned(
        t.one_machine_plant(
            *days_of_work(2, due),
            machines=[t.machine("M1"), t.machine("M2")],
            routings=[t.routing("BIKE", t.step("MAKE", "M1", "M2", run=60))],
        ),
        PREFERRED,
    )
    assert sorted(map(str, machines(plan))) == used
    assert all(p.lateness_hours == 0 for p in plan.promises)


def test_load_effective_a_machine_is_used_while_the_step_may_use_it() -> None:
    """OLD until Tuesday (the whole day), NEW from Wednesday on: four days of work, a day each."""
    step = f.Step(
        id="MAKE",
        run_per_unit=t.minutes(60),
        alternatives=(
            f.Alternative(machine="OLD", effective_to=t.day("2027-03-02")),
            f.Alternative(machine="NEW", effective_from=t.day("2027-03-03")),
        ),
    )
    plan = planned(
        t.one_machine_plant(
            *days_of_work(4, "2027-03-04 17:00"),
            machines=[t.machine("OLD"), t.machine("NEW")],
            routings=[t.routing("BIKE", step)],
        )
    )
    assert machines(plan) == ["OLD", "OLD", "NEW", "NEW"]
    assert [end for _, end in runs(plan)] == [f"2027-03-0{n} 17:00" for n in (1, 2, 3, 4)]
