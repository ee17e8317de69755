"""Random small plants with every feature of scheduling, from a seed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from scheduler import factory as f
from tests import factories as t

MACHINES = ("M1", "M2", "M3", "OVEN")
FAMILIES = ("RED", "BLUE")


def random_plant(seed: int) -> f.Snapshot:
    """Two levels of make, four machines, people counted and named, a tool, an oven, a supplier."""
    r = np.random.default_rng(seed)

    def minutes(low: int, high: int) -> timedelta:
        return timedelta(minutes=int(r.integers(low, high)))

    def step(number: int, *, last: bool) -> f.Step:
        fields: dict[str, Any] = {
            "id": f"S{number}",
            "run_per_unit": minutes(2, 40),
            "setup": minutes(0, 20),
            "teardown": minutes(0, 10) if r.random() < 0.3 else timedelta(0),
            "resumable": bool(r.random() < 0.7),
            "setup_family": str(r.choice(FAMILIES)) if r.random() < 0.7 else None,
        }
        kind = r.random()
        if kind < 0.15:
            oven = {"alternatives": (f.Alternative(machine="OVEN"),), "setup_family": "RED"}
            times = {"run_per_unit": timedelta(0), "fixed": timedelta(minutes=60)}
            fields |= oven | times
        elif kind < 0.25 and not last:
            legs = {"ship_out": t.working_days(1), "work": t.working_days(2)}
            fields["subcontract"] = f.Subcontract(supplier="PLATER", **legs)
        else:
            chosen = r.permutation(MACHINES[:3])[: int(r.integers(1, 3))]
            fields["alternatives"] = tuple(f.Alternative(machine=str(m)) for m in chosen)
        inside = "subcontract" not in fields
        if inside and r.random() < 0.4:
            pool = str(r.choice(("CREW", "EXPERTS")))
            skill = "WELD" if pool == "EXPERTS" and r.random() < 0.5 else None
            fields["labour"] = (f.LabourNeed(pool=pool, skill=skill),)
        if inside and r.random() < 0.2:
            fields["tools"] = (f.ToolNeed(tool="JIG", whole_order=bool(r.random() < 0.4)),)
        if number and r.random() < 0.3:
            fields["transfer_batch"] = 2
        elif number and r.random() < 0.3:
            fields["minimum_lag"] = minutes(0, 90)
            fields["maximum_lag"] = fields["minimum_lag"] + minutes(300, 3000)
        if inside and r.random() < 0.15:
            fields["split"] = f.Split(parts=2, minimum=2)
        return f.Step(**fields)

    def routing(item: str) -> f.Routing:
        count = int(r.integers(1, 4))
        return t.routing(item, *(step(n, last=n == count - 1) for n in range(count)))

    demands = [
        t.demand(
            f"SO-{n}",
            str(r.choice(("BIKE", "FRAME"))),
            int(r.integers(1, 7)),
            t.day("2027-03-01") + timedelta(days=int(r.integers(1, 20))),
            partial=str(r.choice(list(f.Partial)[:2])),
        )
        for n in range(int(r.integers(1, 5)))
    ]
    hours = [
        t.calendar("DAY", "08:00-12:00", "13:00-17:00"),
        t.calendar("LATE", "14:00-22:00"),
        t.calendar("NIGHT", "22:00-06:00"),
    ]
    changes = [
        f.Changeover(from_family=a, to_family=b, time=minutes(5, 45))
        for a in FAMILIES
        for b in FAMILIES
        if a != b
    ]
    dock = "DAY" if r.random() < 0.5 else None
    return t.snapshot(
        plants=[t.plant("GRAZ", calendar="DAY", shipping_calendar=dock)],
        calendars=hours,
        items=[t.item("BIKE"), t.item("FRAME"), t.item("TUBE")],
        setup_matrices=[f.SetupMatrix(id="ALL", plant="GRAZ", changeovers=tuple(changes))],
        suppliers=[f.Supplier(id="PLATER")],
        machines=[
            t.machine("M1", calendar=str(r.choice(("DAY", "LATE")))),
            t.machine("M2", calendar=str(r.choice(("DAY", "NIGHT"))), efficiency="0.8"),
            t.machine("M3", kind="multiple", capacity=2, calendar="DAY"),
            t.machine("OVEN", kind="batch", capacity=6, calendar="DAY"),
        ],
        labour_pools=[
            f.LabourPool(id="CREW", plant="GRAZ", people=2, calendar="DAY"),
            f.LabourPool(
                id="EXPERTS",
                plant="GRAZ",
                calendar="DAY",
                members=(
                    f.Worker(id="W1", skills=(f.SkillLevel(skill="WELD"),)),
                    f.Worker(id="W2", efficiency="0.9"),
                ),
            ),
        ],
        tools=[f.Tool(id="JIG", plant="GRAZ", count=1)],
        boms=[t.bom("BIKE", t.line("FRAME", 1)), t.bom("FRAME", t.line("TUBE", 2))],
        routings=[routing("BIKE"), routing("FRAME")],
        purchases=[t.buy("TUBE", int(r.integers(0, 6)))],
        stock=[t.stock("TUBE", int(r.integers(0, 9)))],
        demands=demands,
    )
