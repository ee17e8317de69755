"""The demo factory of Business Central (Contoso Coffee), as facts in JSON.

It holds no orders, no vendors and no date, so the reader states what it adds: an example order for
every finished item, a lead time for what is bought, and the moment of the plan. Each is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.limits import RefusedError
from integration.formats.reading import Read, snapshot_of
from scheduler.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
"""A Monday; the file has no date of its own."""
EXAMPLE_QUANTITY = 10
EXAMPLE_TIME = timedelta(days=14)
_PLANT = "CONTOSO"
_VENDOR = "ASSUMED-VENDOR"
_LEAD_DAYS = 5
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LISTS = (
    "calendars",
    "work_centers",
    "machine_centers",
    "routings",
    "routing_lines",
    "boms",
    "bom_versions",
    "bom_lines",
    "items",
    "item_units",
)
_MINUTE = timedelta(minutes=1)

Row = dict[str, Any]


@dataclass
class _Factory:
    """The facts, and what is made of them so far."""

    facts: dict[str, list[Row]]
    constrained: list[Any]
    findings: Findings
    data: dict[str, Any] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.items = {row["no"]: row for row in self.facts["items"]}
        self.work_centers = {row["no"]: row for row in self.facts["work_centers"]}

    def item_of(self, number: str) -> str:
        """The item that a routing or bill is of: the one whose number its own begins with."""
        fitting = [no for no in self.items if number == no or number.startswith(f"{no}-")]
        return max(fitting, key=len, default="")

    def assumed(self, code: str, path: str, message: str, remedy: str) -> None:
        """Say what the reader adds."""
        self.findings.warn(f"contoso.{code}", path, message, remedy)


def read_contoso(facts: Any) -> Read:
    """The snapshot of the facts, with a stated example order for every finished item.

    Raises
    ------
    RefusedError
        When a list, or a field that every row has, is missing.
    """
    findings = Findings()
    try:
        lists = {name: list(facts[name]) for name in _LISTS}
        factory = _Factory(lists, list(facts.get("constrained_resources", [])), findings)
        _fill(factory)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise RefusedError(
            "contoso.incomplete",
            f"The file is not complete: {error} is missing or of another kind.",
            "Extract the facts again.",
        ) from error
    return snapshot_of(dict(factory.data), findings)


def _fill(factory: _Factory) -> None:
    factory.data |= {"name": "Contoso Coffee", "now": NOW}
    factory.findings.note(
        "contoso.now",
        "now",
        f"The file has no date; the plan is made at {NOW:%Y-%m-%d %H:%M} UTC.",
        "Change now.",
    )
    factory.data["plants"] = [{"id": _PLANT, "time_zone": "UTC", "calendar": "One shift"}]
    _calendars(factory)
    _centres(factory)
    _items(factory)
    _bills(factory)
    _routings(factory)
    _bought(factory)
    _example_orders(factory)
    for resource in factory.constrained:
        factory.findings.note(
            "contoso.constrained",
            f"machines/{resource[0]}",
            f"{resource[0]} may be loaded to a part of its time only there.",
        )


def _calendars(factory: _Factory) -> None:
    shifts: dict[str, dict[tuple[str, str], list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in factory.facts["calendars"]:
        shifts[row["code"]][row["from"], row["to"]].append(_DAYS.index(row["day"]))
    factory.data["calendars"] = [
        {
            "id": code,
            "rules": [
                {"days": days, "starts": starts, "ends": ends}
                for (starts, ends), days in spans.items()
            ],
        }
        for code, spans in shifts.items()
    ]


def _centres(factory: _Factory) -> None:
    """A work centre is a group here and, with its own capacity, a machine of the same number."""
    for row in factory.facts["work_centers"]:
        centre = {
            "id": row["no"],
            "plant": _PLANT,
            "name": row["name"],
            "calendar": row["calendar"],
        }
        factory.data["work_centres"].append(centre)
        if row["subcontractor"]:
            factory.data["suppliers"].append({"id": row["subcontractor"]})
            continue
        cost = Decimal(str(row["direct_unit_cost"])) * 60
        factory.data["machines"].append(_machine(row, row["no"]) | {"cost_per_hour": cost})
    for row in factory.facts["machine_centers"]:
        factory.data["machines"].append(_machine(row, row["work_center"]))


def _machine(row: Row, centre: str) -> Row:
    capacity = Decimal(str(row["capacity"]))
    many = {"kind": "multiple", "capacity": capacity} if capacity > 1 else {}
    return {"id": row["no"], "plant": _PLANT, "name": row["name"], "work_centre": centre} | many


def _items(factory: _Factory) -> None:
    units = {row["unit"] for row in factory.facts["item_units"]}
    factory.data["units"] = [{"id": unit, "precision": "0.001"} for unit in sorted(units)]
    for number, row in factory.items.items():
        conversions = [
            {"unit": unit["unit"], "factor": unit["quantity_per"]}
            for unit in factory.facts["item_units"]
            if unit["item"] == number
        ]
        cost = {"cost": row["unit_cost"]} if row["unit_cost"] else {}
        factory.data["items"].append(
            {"id": number, "name": row["description"], "conversions": conversions} | cost
        )


def _bills(factory: _Factory) -> None:
    """Bills, and their versions as alternatives after them; bills of bills are phantoms."""
    phantoms = {line["no"] for line in factory.facts["bom_lines"] if line["type"] == "bom"}
    headers = [(row["no"], "", row["description"]) for row in factory.facts["boms"]]
    headers += [
        (row["bom"], row["version"], row["description"]) for row in factory.facts["bom_versions"]
    ]
    count: dict[str, int] = defaultdict(int)
    for number, version, name in headers:
        item = number if number in phantoms else factory.item_of(number)
        if number in phantoms:
            factory.data["items"].append({"id": number, "name": name, "phantom": True})
        if not item:
            _no_item(factory, "boms", number)
            continue
        count[item] += 1
        lines = [
            row
            for row in factory.facts["bom_lines"]
            if row["bom"] == number and row["version"] == version
        ]
        factory.data["boms"].append(
            {
                "id": version or number,
                "item": item,
                "version": version,
                "priority": count[item],
                "lines": [_line(factory, item, row) for row in lines],
            }
        )


def _no_item(factory: _Factory, where: str, number: str) -> None:
    factory.findings.add(
        "contoso.no_item",
        f"{where}/{number}",
        f"No item has the number of {number}.",
        "Add the item.",
    )


def _line(factory: _Factory, item: str, row: Row) -> Row:
    line: Row = {"item": row["no"], "quantity": row["quantity_per"]}
    if row["formula"] == "Fixed Quantity":
        line["fixed"] = True
    if row.get("unit"):
        line["unit"] = row["unit"]
    if row["routing_link"]:
        step = _linked_step(factory, item, row["routing_link"])
        if step:
            line["step"] = step
    return line


def _linked_step(factory: _Factory, item: str, link: str) -> str:
    """The step of the item's first routing with this link."""
    for row in factory.facts["routing_lines"]:
        if row["routing_link"] == link and factory.item_of(row["routing"]) == item:
            return str(row["operation"])
    return ""


def _routings(factory: _Factory) -> None:
    count: dict[str, int] = defaultdict(int)
    for row in factory.facts["routings"]:
        item = factory.item_of(row["no"])
        if not item:
            _no_item(factory, "routings", row["no"])
            continue
        count[item] += 1
        lines = [line for line in factory.facts["routing_lines"] if line["routing"] == row["no"]]
        factory.data["routings"].append(
            {
                "id": row["no"],
                "item": item,
                "plant": _PLANT,
                "bom": _bill_of(factory, item),
                "priority": count[item],
                "steps": [_step(factory, line, lines) for line in lines],
            }
        )
    for item in dict.fromkeys(bill["item"] for bill in factory.data["boms"]):
        if item in factory.items and item not in count:
            _routing_without_work(factory, item)


def _bill_of(factory: _Factory, item: str) -> str | None:
    bills: Iterable[Row] = (bill for bill in factory.data["boms"] if bill["item"] == item)
    first = next(iter(bills), None)
    return first["id"] if first else None


def _routing_without_work(factory: _Factory, item: str) -> None:
    factory.data["routings"].append(
        {"id": f"{item}-NO-ROUTING", "item": item, "plant": _PLANT, "steps": [{"id": "10"}]}
    )
    factory.assumed(
        "no_routing",
        f"routings/{item}-NO-ROUTING",
        f"{item} has a bill but no routing: it is put together in no time.",
        "Give it a routing.",
    )


def _step(factory: _Factory, line: Row, lines: list[Row]) -> Row:
    step: Row = {
        "id": line["operation"],
        "name": line["description"],
        "setup": _minutes(line["setup_min"]),
        "run_per_unit": _minutes(line["run_min_per_unit"]),
        "follows": [
            _link(before) for before in lines if line["operation"] in before["next"].split("|")
        ],
    }
    centre = factory.work_centers.get(line["no"]) if line["kind"] == "Work Center" else None
    if centre and centre["subcontractor"]:
        return step | _subcontract(factory, line, centre)
    units = Decimal(str(line["concurrent_capacities"] or 1))
    # So many at once: the work takes as many places, and is over in so much less time.
    several = {"units": units, "efficiency": units} if units > 1 else {}
    return step | {"alternatives": [{"machine": line["no"]} | several]}


def _minutes(count: Any) -> timedelta:
    return timedelta(microseconds=int(Decimal(str(count)) * 60_000_000))


def _link(before: Row) -> Row:
    ahead = {"transfer_batch": before["send_ahead_qty"]} if before["send_ahead_qty"] else {}
    return {"step": before["operation"]} | ahead


def _subcontract(factory: _Factory, line: Row, centre: Row) -> Row:
    """A day outside: the file has minutes per piece and places, but no shipping or lead time."""
    factory.assumed(
        "subcontract_time",
        f"routings/{line['routing']}/{line['operation']}",
        f"Step {line['operation']} of {line['routing']} is done by {centre['subcontractor']}; its "
        f"{line['run_min_per_unit']} minutes a piece on {line['concurrent_capacities']} places "
        "are planned as one "
        "working day, without time for shipping.",
        "Give the subcontractor's lead times.",
    )
    work = {"amount": 1, "unit": "working_days", "calendar": centre["calendar"]}
    return {
        "run_per_unit": timedelta(0),
        "subcontract": {"supplier": centre["subcontractor"], "work": work},
    }


def _bought(factory: _Factory) -> None:
    """Everything without a bill is bought; what is not kept in stock is there at once."""
    factory.data["suppliers"].append({"id": _VENDOR, "name": "Vendor that is assumed"})
    made = {bill["item"] for bill in factory.data["boms"]} | {
        r["item"] for r in factory.data["routings"]
    }
    bought = [number for number in factory.items if number not in made]
    for number in bought:
        days = 0 if factory.items[number]["type"] == "Non-Inventory" else _LEAD_DAYS
        factory.data["purchases"].append(
            {
                "item": number,
                "plant": _PLANT,
                "supplier": _VENDOR,
                "lead_time": {"amount": days, "unit": "calendar_days"},
            }
        )
    factory.assumed(
        "bought",
        "purchases",
        f"{len(bought)} items have no bill; they are bought from {_VENDOR} in {_LEAD_DAYS} "
        "calendar days, those "
        "that are not kept in stock at once.",
        "Give vendors and lead times.",
    )


def _example_orders(factory: _Factory) -> None:
    for number, row in factory.items.items():
        if not row["unit_price"]:
            continue
        due = NOW + EXAMPLE_TIME
        factory.data["demands"].append(
            {
                "id": f"EXAMPLE-{number}",
                "item": number,
                "plant": _PLANT,
                "quantity": EXAMPLE_QUANTITY,
                "requested": due,
            }
        )
        factory.assumed(
            "example_order",
            f"demands/EXAMPLE-{number}",
            f"The file has no orders: {EXAMPLE_QUANTITY} of {number} are asked for by "
            f"{due:%Y-%m-%d}.",
            "Replace it by your orders.",
        )
