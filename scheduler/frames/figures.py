"""Key figures of a plan, as plain numbers and texts that go into JSON as they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.measures import setup_ticks, undated
from scheduler.schedule import RowKind, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.build.model import Built
    from scheduler.frames.load import LoadRow
    from scheduler.frames.promises import PromiseRow


def kpis(
    built: Built,
    schedule: Schedule,
    promises: Iterable[PromiseRow],
    load: Iterable[LoadRow] = (),
) -> dict[str, Any]:
    """What people ask of a plan first.

    Returns
    -------
    ``demands`` (= ``on_time`` + ``late`` + ``undated``), ``lateness_hours`` (sum), ``worst_hours``
    and ``worst_demand`` (None when nothing is late), ``changeover_hours``, ``ends`` (last end, ISO,
    UTC; None without operations), ``orders``, ``operations``, and ``load`` (machine → used part of
    its open hours until the last end, 1 is all of it).
    """
    listed = list(promises)
    dateless = sum(row.planned is None for row in listed)
    late = [row for row in listed if row.late]
    worst = max(late, key=lambda row: row.lateness_hours, default=None)
    made = [name for name in built.operations if name.kind is RowKind.MAKE]
    return {
        "demands": len(listed),
        "on_time": len(listed) - len(late) - dateless,
        "late": len(late),
        "undated": dateless,
        "lateness_hours": round(sum(row.lateness_hours for row in late), 4),
        "worst_hours": worst.lateness_hours if worst else 0.0,
        "worst_demand": worst.demand if worst else None,
        "changeover_hours": _changeover_hours(built, schedule),
        "ends": _last_end(built, schedule),
        "orders": len({name.order for name in made}),
        "operations": len(made),
        "load": _used(load),
    }


def _changeover_hours(built: Built, schedule: Schedule) -> float:
    if not schedule.size:
        return 0.0
    ticks = int(setup_ticks(built.problem, schedule).sum())
    return round(built.horizon.duration(ticks) / timedelta(hours=1), 4)


def _last_end(built: Built, schedule: Schedule) -> str | None:
    last = int(schedule.end[~undated(built.problem, schedule)].max(initial=-1))
    return built.horizon.moment(last).isoformat() if last >= 0 else None


def _used(load: Iterable[LoadRow]) -> dict[str, float]:
    """Used part of the open hours of each machine; machines that are never open are left out."""
    hours: dict[str, tuple[float, float]] = {}
    for row in load:
        free, used = hours.get(row.machine, (0.0, 0.0))
        hours[row.machine] = (free + row.open_hours, used + row.worked_hours + row.setup_hours)
    return {machine: round(used / free, 4) for machine, (free, used) in hours.items() if free}
