"""Plans of any size made by a simple rule, for the tests of tables and pictures.

Orders of four to six steps go through work centres in turn, each step to the machine that is free
first; machines have one, two or three shifts, families need changeovers, some steps a teardown.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np

from scheduler import factory as f
from scheduler.build.model import Built, OperationName
from scheduler.horizon import NEVER, Horizon
from scheduler.hours import finish
from scheduler.network.model import Network
from scheduler.problem import DemandCol, Machine, Op, Problem
from scheduler.schedule import Provenance, RowKind, Schedule, Status
from tests import factories

CENTRES = ("SAW", "MILL", "TURN", "WELD", "PAINT", "ASSEMBLY")
FAMILIES = ("red", "blue", "black", "raw")
SHIFTS = ([(8 * 60, 12 * 60), (13 * 60, 17 * 60)], [(6 * 60, 22 * 60)], [(0, 24 * 60)])
DAY = 24 * 60
WEEKS = 60


@dataclass(frozen=True)
class MadePlan:
    """A snapshot with a network, a problem and a schedule that belong together."""

    snapshot: f.Snapshot
    network: Network
    built: Built
    schedule: Schedule


@dataclass
class _Rows:
    operations: list[list[int]] = field(default_factory=list)
    modes: list[list[int]] = field(default_factory=list)
    names: list[OperationName] = field(default_factory=list)
    slot: list[int] = field(default_factory=list)
    setup: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)


def made_plan(operations: int = 60, machines: int = 6, seed: int = 0, **names: str) -> MadePlan:
    """A plan with about ``operations`` operations; ``first_demand`` renames the first demand."""
    random = np.random.default_rng(seed)
    windows, calendar_rows = _calendars()
    machine_names = [
        f"{CENTRES[m % len(CENTRES)]}-{m // len(CENTRES) + 1}" for m in range(machines)
    ]
    rows = _Rows()
    due: list[int] = []
    owner: list[tuple[str, int]] = []
    free, family_of = np.zeros(machines, dtype=np.int64), [-1] * machines
    while len(rows.names) < operations:
        demand = len(due)
        ident = names.get("first_demand", "SO-1000/10") if not demand else f"SO-{1000 + demand}/10"
        family, clock = int(random.integers(len(FAMILIES))), int(random.integers(0, 600))
        for step in range(int(random.integers(4, 7))):
            group = range(step % len(CENTRES), machines, len(CENTRES)) or range(machines)
            machine = min(group, key=lambda m: int(free[m]))
            calendar = machine % len(SHIFTS)
            hours = windows[calendar_rows[calendar] : calendar_rows[calendar + 1]]
            setup = 30 if family_of[machine] not in (family, -1) else 0
            teardown = 10 if step == 2 else 0
            run = int(random.integers(20, 140))
            setup_at = _open_at(hours, max(int(free[machine]), clock))
            start = _open_at(hours, finish(hours, setup_at, setup) if setup else setup_at)
            end = finish(hours, start, run)
            clock, free[machine] = end, finish(hours, end, teardown) if teardown else end
            family_of[machine] = family
            number = len(rows.names)
            rows.operations.append(_operation(number, demand, family))
            rows.modes.append([number, machine, calendar, 0, run, teardown, 0, 0, 0])
            rows.names.append(
                OperationName(
                    RowKind.MAKE,
                    f"MO:{demand}",
                    CENTRES[step % len(CENTRES)].lower(),
                    0,
                    f"BIKE-{family}",
                    "GRAZ",
                    Fraction(1 + demand % 20),
                )
            )
            for column, value in (("slot", machine), ("setup", setup_at), ("start", start)):
                getattr(rows, column).append(value)
            rows.end.append(end)
        owner.append((ident, len(rows.names) - 1))
        # Nine of ten are due after their end.
        due.append(clock + int(random.integers(-300, 2700)))
    return _assembled(rows, windows, calendar_rows, machine_names, due, owner)


def _operation(number: int, demand: int, family: int) -> list[int]:
    row = [0] * (max(Op) + 1)
    row[Op.ORDER], row[Op.FAMILY], row[Op.FLAGS], row[Op.DEMAND] = demand, family, 1, demand
    row[Op.MODE_FROM], row[Op.MODE_TO] = number, number + 1
    row[Op.FIXED_MODE] = row[Op.FIXED_START] = row[Op.FIXED_END] = row[Op.PREVIOUS_START] = -1
    return row


def _calendars() -> tuple[np.ndarray, np.ndarray]:
    rows: list[tuple[int, int, int]] = []
    borders = [0]
    for number, shifts in enumerate(SHIFTS):
        before = 0
        # Three shifts never close, one and two rest at the weekend.
        days = range(7 * WEEKS) if number == 2 else (d for d in range(7 * WEEKS) if d % 7 < 5)
        for day in days:
            for opens, closes in shifts:
                rows.append((day * DAY + opens, day * DAY + closes, before))
                before += closes - opens
        borders.append(len(rows))
    return np.array(rows, dtype=np.int64), np.array(borders, dtype=np.int64)


def _open_at(hours: np.ndarray, tick: int) -> int:
    row = int(np.searchsorted(hours[:, 1], tick, side="right"))
    return max(tick, int(hours[row, 0]))


def _assembled(rows, windows, calendar_rows, machine_names, due, owner) -> MadePlan:
    origin = datetime(2027, 2, 28, 23, tzinfo=UTC)
    demands = np.zeros((len(due), len(DemandCol)), dtype=np.int64)
    demands[:, DemandCol.PROMISED], demands[:, DemandCol.REQUESTED] = NEVER, due
    demands[:, DemandCol.WEIGHT] = 1
    demands[:, DemandCol.OP_FROM] = np.arange(len(due))
    demands[:, DemandCol.OP_TO] = np.arange(1, len(due) + 1)
    machines = np.zeros((len(machine_names), len(Machine)), dtype=np.int64)
    machines[:, Machine.SLOT_FROM] = np.arange(len(machine_names))
    machines[:, Machine.SLOT_TO] = np.arange(1, len(machine_names) + 1)
    slots = np.zeros((len(machine_names), 3), dtype=np.int64)
    slots[:, 0], slots[:, 1] = np.arange(len(machine_names)), -1
    changeover = np.full((1, len(FAMILIES) + 1, len(FAMILIES) + 1), 30, dtype=np.int64)
    changeover[0, np.arange(len(FAMILIES)), np.arange(len(FAMILIES))] = 0
    changeover[0, -1, :] = 0
    empty = np.zeros(0, dtype=np.int64)
    problem = Problem(
        operations=np.array(rows.operations, dtype=np.int64),
        modes=np.array(rows.modes, dtype=np.int64),
        arcs=np.zeros((0, 6), dtype=np.int64),
        successor_arcs=empty,
        needs=np.zeros((0, 3), dtype=np.int64),
        resources=np.zeros((0, 3), dtype=np.int64),
        levels=np.zeros((0, 2), dtype=np.int64),
        machines=machines,
        slots=slots,
        demands=demands,
        demand_operations=np.array([last for _, last in owner], dtype=np.int64),
        windows=windows,
        calendar_rows=calendar_rows,
        setups=changeover,
        blocks=np.arange(len(rows.names), dtype=np.int64),
        block_rows=np.arange(len(rows.names) + 1, dtype=np.int64),
        spans=np.zeros((0, 3), dtype=np.int64),
        span_operations=empty,
        span_rows=np.zeros(1, dtype=np.int64),
        objective=np.array([1, 2], dtype=np.int64),
        now=0,
        end=int(windows[-1, 1]),
    )
    horizon = Horizon(origin, origin + timedelta(days=7 * WEEKS))
    slot, setup, start, end = (
        np.array(column, dtype=np.int64) for column in (rows.slot, rows.setup, rows.start, rows.end)
    )
    schedule = Schedule(
        mode=np.arange(len(rows.names), dtype=np.int64),
        slot=slot,
        setup=setup,
        start=start,
        end=end,
        status=Status.FEASIBLE,
        provenance=Provenance("by hand"),
    )
    names = tuple(ident for ident, _ in owner)
    built = Built(
        problem, horizon, tuple(rows.names), tuple(machine_names), (), names, FAMILIES, {}
    )
    orders = tuple(
        factories.demand(
            ident,
            rows.names[last].item,
            1 + number % 20,
            horizon.moment(tick),
            customer=f"C{number % 7}",
        )
        for number, ((ident, last), tick) in enumerate(zip(owner, due, strict=True))
    )
    snapshot = factories.snapshot(
        name="Bicycles",
        now=origin,
        machines=[
            factories.machine(name, work_centre=name.split("-")[0]) for name in machine_names
        ],
        demands=orders,
    )
    remaining = {demand.id: Fraction(demand.quantity) for demand in orders}
    return MadePlan(snapshot, Network(orders, remaining, {}, {}, ()), built, schedule)
