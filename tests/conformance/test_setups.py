"""Rule groups about changeovers. GRAZ works from Monday 2027-03-01 08:00 on."""

import pytest

from scheduler import factory as f
from tests import factories as t
from tests.conformance.plants import dates, local, planned, rows, runs

CHANGES = {("red", "blue"): 20, ("blue", "red"): 50, (None, "red"): 15, (None, "blue"): 5}
"""Minutes from one colour to another; from a machine of which nothing is known, 15 or 5."""


def painted(*demands, state=None, changes=CHANGES, interruptible=True, fixed=60):
    """RED and BLUE are painted on M1, an hour each."""
    return t.snapshot(
        machines=[
            t.machine(
                "M1", setup_matrix="COLOURS", setup_state=state, setup_interruptible=interruptible
            )
        ],
        setup_matrices=[
            f.SetupMatrix(
                id="COLOURS",
                changeovers=tuple(
                    f.Changeover(from_family=a, to_family=b, time=t.minutes(m))
                    for (a, b), m in changes.items()
                ),
            )
        ],
        routings=[
            t.routing(i, t.step("PAINT", "M1", fixed=fixed, setup_family=i.lower()))
            for i in ("RED", "BLUE")
        ],
        demands=list(demands),
    )


def setups(plan) -> list[tuple[str, int, str]]:
    """Item, minutes of setup and end of each run."""
    return [
        (r.item, int((r.start - r.setup).total_seconds()) // 60, local(r.end)[11:])
        for r in rows(plan)
    ]


@pytest.mark.parametrize(
    ("state", "first", "minutes"), [("red", "BLUE", 20), ("blue", "RED", 50), ("red", "RED", 0)]
)
def test_setup_1_the_time_depends_on_what_was_before_and_what_comes(state, first, minutes) -> None:
    plan = planned(painted(t.demand(item=first), state=state))
    assert setups(plan)[0][:2] == (first, minutes)
    assert runs(plan)[0][0] == f"2027-03-01 08:{minutes:02}"


def test_setup_1_two_runs_in_their_order_of_dates_have_the_change_between_them() -> None:
    """RED is wanted first: 08:00-09:00, 20 minutes to blue, 09:20-10:20."""
    plan = planned(
        painted(
            t.demand("SO-R", "RED", requested=t.at("2027-03-01 09:00")),
            t.demand("SO-B", "BLUE", requested=t.at("2027-03-01 10:20")),
            state="red",
        )
    )
    assert setups(plan) == [("RED", 0, "09:00"), ("BLUE", 20, "10:20")]


def test_setup_2_a_machine_of_which_nothing_is_known_takes_the_time_from_anything() -> None:
    assert setups(planned(painted(t.demand(item="RED")))) == [("RED", 15, "09:15")]
    assert setups(planned(painted(t.demand(item="BLUE")))) == [("BLUE", 5, "09:05")]


def test_setup_2_a_pair_that_no_line_names_takes_no_time() -> None:
    plan = planned(painted(t.demand(item="BLUE"), state="red", changes={("blue", "red"): 50}))
    assert setups(plan) == [("BLUE", 0, "09:00")]


@pytest.mark.parametrize(("interruptible", "start"), [(True, "13:10"), (False, "13:20")])
def test_setup_2_a_change_may_be_interrupted_by_a_break_or_not(interruptible, start) -> None:
    """RED runs until 11:50, then 20 minutes of change with lunch from 12 to 13."""
    plan = planned(
        painted(
            t.demand("SO-R", "RED", requested=t.at("2027-03-01 11:50")),
            t.demand("SO-B", "BLUE", requested=t.at("2027-03-01 17:10")),
            state="red",
            interruptible=interruptible,
            fixed=230,
        )
    )
    assert runs(plan, "BLUE")[0][0] == f"2027-03-01 {start}"


def test_setup_3_orders_with_time_to_spare_run_where_they_save_changes() -> None:
    """RED, BLUE, RED, BLUE by number, all due on Friday: two colours, one change of 20 minutes."""
    demands = [
        t.demand(f"SO-{n}", c, requested=t.day("2027-03-05"))
        for n, c in enumerate(("RED", "BLUE") * 2)
    ]
    plan = planned(painted(*demands, state="red"), seconds=1)
    assert [r.item for r in rows(plan)] == ["RED", "RED", "BLUE", "BLUE"]
    assert sum(minutes for _, minutes, _ in setups(plan)) == 20


def test_setup_3_a_date_is_not_given_up_for_a_change() -> None:
    """BLUE between two RED is due at 10:20: two changes, 20 and 50 minutes."""
    plan = planned(
        painted(
            t.demand("SO-1", "RED", requested=t.at("2027-03-01 09:00")),
            t.demand("SO-2", "BLUE", requested=t.at("2027-03-01 10:20")),
            t.demand("SO-3", "RED", requested=t.at("2027-03-01 13:10")),
            state="red",
        ),
        seconds=1,
    )
    assert [m for _, m, _ in setups(plan)] == [0, 20, 50]
    assert dates(plan) == {
        "SO-1": "2027-03-01 09:00",
        "SO-2": "2027-03-01 10:20",
        "SO-3": "2027-03-01 13:10",
    }
