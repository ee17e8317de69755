"""Orders of a frePPLe data set: sales orders, and confirmed or approved supply orders."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.places import place_of
from integration.formats.frepple.world import World, given, is_open

if TYPE_CHECKING:
    from integration.formats.frepple.operations import Operations
    from integration.formats.frepple.records import Record

_STATUS = {
    "open": "open",
    "quote": "quote",
    "inquiry": "inquiry",
    "closed": "closed",
    "canceled": "cancelled",
    "cancelled": "cancelled",
}
_PARTIAL = {"alltogether": "complete_order", "inratio": "in_ratio"}
_PARAMETERS_SAID = {
    "plan.autoFenceOperations": "Whether confirmed supply is waited for is decided by the policy "
    "(wait_for_supply).",
    "plan.administrativeLeadtime": "Orders are not planned ahead of their due dates.",
    "plan.minimumdelay": "Dates are not rounded to a smallest delay.",
}


def read_demands(world: World, operations: Operations) -> None:
    """Sales order lines."""
    rows = world.records.named("demand")
    for name, row in rows.items():
        quantity = row.number("quantity", 1) or Decimal(0)
        if not row.text("item") or quantity < 0:
            world.findings.add(
                "frepple.bad_order",
                row.path,
                f"The order {name} has no item, or a negative quantity.",
                "Correct it.",
            )
            continue
        fields = _demand(world, operations, row, quantity)
        if fields["plant"]:
            world.data["demands"].append({"id": name} | fields)
    if not any(is_open(row) for row in rows.values()):
        world.findings.warn(
            "demand.none_open",
            "demand",
            f"None of the {len(rows):,} orders is open: there is nothing to plan.",
            "Open orders, or add some.",
        )


def _demand(world: World, operations: Operations, row: Record, quantity: Decimal) -> dict[str, Any]:
    given_operation = row.text("operation") or operations.delivery_of(row.text("item"))
    item, transit, routing = row.text("item"), None, None
    shipping = operations.shipping.get(given_operation)
    if shipping:
        if shipping.item != item:
            world.not_carried(
                "delivered_item",
                row,
                f"{row.name} asks for {item}; {given_operation} delivers {shipping.item}.",
            )
        item, quantity, transit = shipping.item, quantity * shipping.quantity, shipping.time
    elif given_operation in operations.made_by:
        item = operations.made_by[given_operation]
        routing = operations.routing_of.get(given_operation)
    elif given_operation:
        routing = operations.routing_of.get(given_operation)
    due = row.moment("due")
    lateness = row.duration("maxlateness")
    smallest, partial = _shipments(row, quantity)
    return given(
        item=item,
        plant=_plant_of(world, row, given_operation),
        quantity=quantity,
        customer=row.text("customer") or None,
        order=row.text("owner") or None,
        requested=due,
        latest=due + lateness if due and lateness is not None else None,
        priority=row.whole("priority", 10),
        partial=partial,
        minimum_shipment=smallest,
        status=_STATUS.get(row.text("status", "open").lower(), "open"),
        batch=row.text("batch") or None,
        transit=transit or _delivery_time(world),
        routing=routing,
    )


def _shipments(row: Record, quantity: Decimal) -> tuple[Decimal, str]:
    """Smallest delivery (absent: a tenth of the order), and whether parts are allowed."""
    smallest = row.number("minshipment")
    if smallest is None:
        smallest = quantity // 10
    policy = row.text("policy").lower()
    if policy in _PARTIAL:
        return min(smallest, quantity), _PARTIAL[policy]
    return min(smallest, quantity), "forbidden" if quantity and smallest >= quantity else "allowed"


def _delivery_time(world: World) -> timedelta | None:
    hours = world.parameters.get("plan.deliveryDuration", "0")
    return timedelta(hours=float(hours)) or None if hours.replace(".", "", 1).isdigit() else None


def _plant_of(world: World, row: Record, operation: str) -> str:
    if row.text("location"):
        return row.text("location")
    if operation in world.operations and world.operations[operation].text("location"):
        return world.operations[operation].text("location")
    return place_of(world, row)


def read_orders(world: World, operations: Operations) -> None:
    """Confirmed and approved orders; proposed ones are made anew by the plan."""
    left: Counter[str] = Counter()
    used: set[str] = set()
    for index, row in enumerate(world.records.of("operationplan")):
        status = row.text("status", "proposed").lower()
        if status not in ("confirmed", "approved"):
            left[status] += 1
            continue
        ident = row.name or f"{row.text('type', 'MO')}-{index + 1}"
        while ident in used:
            ident += "'"
        used.add(ident)
        rest = row.amount("quantity") - row.amount("quantitycompleted")
        if rest <= 0:
            left["completed"] += 1
        elif row.text("type", "MO") == "PO":
            world.data["receipts"].append(_purchase(world, row, ident, rest))
        elif row.text("type") == "DO":
            _transfer(world, row, ident, rest)
        else:
            _making(world, operations, row, ident, status)
    for status, number in left.items():
        world.findings.note(
            "frepple.orders_left",
            "operationplan",
            f"{number} {status} orders were not read: what is proposed is planned anew, what is "
            "closed is over.",
        )


def _purchase(world: World, row: Record, ident: str, rest: Decimal) -> dict[str, Any]:
    return given(
        id=ident,
        item=row.text("item"),
        plant=place_of(world, row),
        quantity=rest,
        due=row.moment("enddate"),
        kind="purchase",
        supplier=row.text("supplier") or None,
        batch=row.text("batch") or None,
    )


def _transfer(world: World, row: Record, ident: str, rest: Decimal) -> None:
    """A receipt where it arrives; a demand where it leaves, when it has not left yet."""
    origin, start = row.text("origin"), row.moment("startdate")
    world.data["receipts"].append(
        given(
            id=ident,
            item=row.text("item"),
            plant=row.text("destination") or row.text("location"),
            quantity=rest,
            due=row.moment("enddate"),
            kind="transfer",
            from_plant=origin or None,
            batch=row.text("batch") or None,
        )
    )
    if not origin or start is None or start < world.now:
        return
    open_orders = [r.whole("priority", 10) for r in world.records.of("demand") if is_open(r)]
    world.data["demands"].append(
        given(
            id=ident,
            item=row.text("item"),
            plant=origin,
            quantity=rest,
            requested=start,
            priority=max(open_orders, default=10),
            weight=Decimal(0),
            batch=row.text("batch") or None,
        )
    )
    world.findings.warn(
        "frepple.transfer_to_leave",
        row.path,
        f"The transfer {ident} leaves {origin} on {start:%Y-%m-%d}: it is a demand there (its "
        "lateness counts nothing), "
        f"and a receipt at its destination that is taken as certain.",
        "Check the receipt when the demand is late.",
    )


def _making(world: World, operations: Operations, row: Record, ident: str, status: str) -> None:
    name = row.text("operation") or row.text("name")
    routing = next(
        (r for r in world.data["routings"] if r["id"] == operations.routing_of.get(name)), None
    )
    if routing is None:
        world.not_carried(
            "making_order",
            row,
            f"The order {ident} names no operation that makes an item; it is left out.",
        )
        return
    if row.text("owner"):
        # A step of an order whose own row stands elsewhere.
        world.not_carried(
            "step_order",
            row,
            f"The progress of step {name} of order {row.text('owner')} is left out.",
        )
        return
    started = status == "confirmed" and (row.moment("startdate") or world.now) < world.now
    first = routing["steps"][0]["id"]
    progress = given(
        step=first,
        state="started" if started else None,
        good=row.amount("quantitycompleted") or None,
        started_at=row.moment("startdate") if started else None,
        planned_start=row.moment("startdate"),
        machine=_machine(routing, row.text("resources")),
    )
    world.data["work_orders"].append(
        given(
            id=ident,
            item=routing["item"],
            plant=routing["plant"],
            quantity=row.amount("quantity"),
            routing=routing["id"],
            status="started" if started else "released" if status == "confirmed" else "firm",
            due=row.moment("due"),
            material_issued=world.parameters.get("WIP.consume_material", "true").lower() == "false",
            steps=[progress],
            batch=row.text("batch") or None,
        )
    )


def _machine(routing: dict[str, Any], named: str) -> str | None:
    machines = [a["machine"] for a in routing["steps"][0].get("alternatives", [])]
    return named if named in machines else None


def say_parameters(world: World) -> None:
    """Parameters that change the plan there and not here."""
    for name, text in _PARAMETERS_SAID.items():
        value = world.parameters.get(name, "")
        if value not in ("", "0", "0.0"):
            world.findings.note(
                "frepple.parameter", f"parameter/{name}", f"{name} is {value}. {text}"
            )
