"""Items, plants, partners, stock, purchases and transfers of a frePPLe data set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.values import day_or_moment, last_day_or_moment
from integration.formats.frepple.world import World, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.formats.frepple.calendars import Calendars
    from integration.formats.frepple.records import Record

_HOUR = timedelta(hours=1)
_FAR = datetime(2199, 1, 1, tzinfo=UTC)
_UNKNOWN_SUPPLIER = "Unlimited supply"


def read_places(world: World, calendars: Calendars) -> None:
    """Fill the lists that need no operations."""
    _plants(world)
    _items(world)
    _parties(world)
    _stock(world)
    _replenishments(world, calendars)
    for row in world.records.of("itemsupplier"):
        world.data["purchases"] += _purchases(world, calendars, row)
    for row in world.records.of("itemdistribution"):
        world.data["lanes"] += _lanes(world, calendars, row)


def _plants(world: World) -> None:
    for name in world.plants:
        row = world.locations.get(name)
        hours = row.text("available") if row else ""
        world.data["plants"].append(
            given(
                id=name,
                name=row.text("description") if row else "",
                time_zone="UTC",
                site_calendar=hours or None,
            )
        )


def _items(world: World) -> None:
    for name in world.leaf_items:
        row = world.items.get(name)
        fields = given(
            id=name,
            name=row.text("description") if row else "",
            family=(row.text("owner") or None) if row else None,
            cost=row.number("cost") if row else None,
        )
        world.data["items"].append(fields)
    groups = [name for name in world.items if name not in world.leaf_items]
    if groups:
        world.findings.note(
            "frepple.groups",
            "item",
            f"{len(groups)} items only group others and are not items here: "
            f"{', '.join(groups[:5])}.",
        )


def _parties(world: World) -> None:
    for name, row in world.records.named("customer").items():
        world.data["customers"].append(
            given(id=name, name=row.text("description"), parent=row.text("owner") or None)
        )
    for name, row in world.records.named("supplier").items():
        world.data["suppliers"].append(
            given(
                id=name,
                name=row.text("description"),
                calendar=supplier_hours(world, name) or row.text("available") or None,
            )
        )
    for entity, rows in (("customer", "demand"), ("supplier", "itemsupplier")):
        known = {party["id"] for party in world.data[f"{entity}s"]}
        named = {row.text(entity) for row in world.records.of(rows)} - {""}
        world.data[f"{entity}s"] += [{"id": name} for name in sorted(named - known)]


def supplier_hours(world: World, supplier: str) -> str:
    """Calendar of the location named like the supplier: lead times are worked in its hours."""
    row = world.locations.get(supplier)
    return row.text("available") if row else ""


def place_of(world: World, row: Record) -> str:
    """Plant of a row; the only one where it is blank."""
    place = row.text("location") or world.only_plant
    if not place:
        world.findings.add(
            "frepple.no_location",
            row.path,
            f"The {row.entity} {row.name or row.text('item')} has no location, and there are "
            "several.",
            "Give its location.",
        )
    return place


def is_tool_item(world: World, item: str) -> bool:
    """Whether an item is a card or carrier that operations take and give back."""
    rows = [r for r in world.records.of("operationmaterial") if r.text("item") == item]
    fixed = [r.number("fixedquantity", 0) or Decimal(0) for r in rows]
    made = any((r.number("quantity", 0) or Decimal(0)) > 0 for r in rows if "quantity" in r.fields)
    return bool(rows) and not made and min(fixed) < 0 < max(fixed)


def _stock(world: World) -> None:
    for row in world.records.of("buffer"):
        quantity = row.number("onhand", 0) or Decimal(0)
        item, place = row.text("item"), place_of(world, row)
        if not item or not place or is_tool_item(world, item):
            continue
        if row.text("type") == "infinite":
            world.not_carried(
                "infinite_buffer",
                row,
                f"{item} at {place} is without limit there; it is bought at once here.",
            )
            world.data["purchases"].append(
                {"item": item, "plant": place, "supplier": _UNKNOWN_SUPPLIER}
            )
            world.data["suppliers"].append({"id": _UNKNOWN_SUPPLIER})
        if quantity != 0:
            world.data["stock"].append(
                given(item=item, plant=place, quantity=quantity, batch=row.text("batch") or None)
            )


def _replenishments(world: World, calendars: Calendars) -> None:
    """Safety stock, grouping, release fences and make-to-order marks by item and plant."""
    rules: dict[tuple[str, str], dict[str, Any]] = {}

    def rule(item: str, place: str) -> dict[str, Any]:
        return rules.setdefault((item, place), {})

    for row in world.records.of("buffer"):
        item, place = row.text("item"), row.text("location") or world.only_plant
        if item and place and not is_tool_item(world, item):
            _buffer_rule(world, calendars, row, rule(item, place))
    for item, place, fence in _fences(world):
        known = rule(item, place).get("release_fence", timedelta(0))
        rule(item, place)["release_fence"] = max(known, fence)
    for item in world.leaf_items:
        if _made_to_order(world, item):
            for place in _places_of_item(world, item):
                rule(item, place)["pegged_by_batch"] = True
    world.data["replenishments"] = [
        {"item": item, "plant": place} | fields for (item, place), fields in rules.items() if fields
    ]


def _buffer_rule(world: World, calendars: Calendars, row: Record, rule: dict[str, Any]) -> None:
    minimum, interval = row.amount("minimum"), row.duration("mininterval")
    if minimum:
        rule["safety_stock"] = minimum
    if interval:
        rule["cover"] = interval
    if maximum := row.number("maximum"):
        rule["maximum_stock"] = maximum
    if name := row.text("minimumcalendar"):
        rule["safety_stock"] = calendars.value(name, world.now)
        rule["safety_levels"] = [
            {"starts": bucket.first, "quantity": bucket.value}
            for bucket in calendars.dated_buckets(name)
        ]
    world.unread(row, "maximumcalendar")


def _fences(world: World) -> Iterator[tuple[str, str, timedelta]]:
    for row in [*world.records.of("operation"), *world.records.of("itemsupplier")]:
        fence, item = row.duration("fence"), row.text("item")
        if fence and item:
            world.not_carried(
                "fence",
                row,
                f"The release fence of {row.name or item} holds for every order of {item} here.",
                "Check it where an item is both made and bought.",
            )
            for plant in [row.text("location")] if row.text("location") else world.plants:
                yield item, plant, fence


def _made_to_order(world: World, item: str) -> bool:
    row = world.items.get(item)
    return row is not None and row.text("type").lower() in ("make to order", "item_mto")


def _places_of_item(world: World, item: str) -> list[str]:
    tables = ("buffer", "operation", "demand")
    places = {
        row.text("location")
        for name in tables
        for row in world.records.of(name)
        if row.text("item") == item
    }
    for row in world.records.of("operationmaterial"):
        operation = world.operations.get(row.text("operation"))
        if operation and row.text("item") == item:
            places.add(operation.text("location"))
    return sorted(places - {""}) or world.plants


def _sizes(row: Record) -> dict[str, Any]:
    return given(
        minimum=row.amount("sizeminimum", 1) if "sizeminimum" in row.fields else None,
        multiple=row.number("sizemultiple"),
    )


def _used(world: World, row: Record) -> bool:
    if row.whole("priority", 1) == 0:
        world.findings.note(
            "frepple.not_used",
            row.path,
            f"The {row.entity} of {row.text('item')} has priority 0: it is not used in planning.",
        )
        return False
    return True


def _dates(row: Record) -> dict[str, Any]:
    return given(
        effective_from=day_or_moment(row.moment("effectivestart")),
        effective_to=last_day_or_moment(row.moment("effectiveend")),
    )


def _purchases(world: World, calendars: Calendars, row: Record) -> Iterator[dict[str, Any]]:
    items = world.items_under(row.text("item"))
    places = world.plants_under(row.text("location")) if row.text("location") else [None]
    supplier = row.text("supplier")
    if not items or not supplier or not places:
        _names_nothing(world, row)
        return
    if not _used(world, row):
        return
    elapsed = (row.duration("leadtime") or timedelta(0)) + (
        row.duration("hardsafetyleadtime") or timedelta(0)
    )
    hours = supplier_hours(world, supplier)
    fields = given(
        supplier=supplier,
        lead_time=lead_time(world, calendars, row, elapsed, hours),
        maximum=row.number("sizemaximum") or None,
        price=row.number("cost"),
        priority=row.whole("priority", 1),
        capacity=_limits(world, calendars, row, elapsed),
    )
    world.unread(row, "softsafetyleadtime", "extrasafetyleadtime", "batchwindow")
    for item in items:
        for place in places:
            yield given(item=item, plant=place) | fields | _sizes(row) | _dates(row)


def _names_nothing(world: World, row: Record) -> None:
    world.findings.add(
        "frepple.names_nothing",
        row.path,
        f"A row of {row.entity} names no item, place or partner that is known.",
        "Correct the names, or remove the row.",
    )


def lead_time(
    world: World, calendars: Calendars, row: Record, elapsed: timedelta, hours: str
) -> dict[str, Any]:
    """Elapsed hours; or days of the calendar in whose hours it is worked."""
    if not hours or calendars.always_open(hours):
        return {"amount": Decimal(elapsed // timedelta(seconds=1)) / 3600, "unit": "hours"}
    lengths = calendars.day_lengths(hours)
    longest = max(lengths)
    if longest == timedelta(0):
        world.not_carried(
            "closed_calendar",
            row,
            f"The calendar {hours} never opens; lead times on it are elapsed time.",
        )
        return {"amount": Decimal(elapsed // _HOUR), "unit": "hours"}
    if len(lengths) > 1:
        world.not_carried(
            "uneven_days",
            row,
            f"Days of calendar {hours} differ; its lead times count days of the longest.",
        )
    world.findings.note(
        "frepple.lead_time_in_days",
        f"calendar/{hours}",
        f"Lead times worked in calendar {hours} are whole working days here: goods are there at "
        "the opening of "
        "the arrival day, up to one day sooner than there.",
    )
    return {
        "amount": Decimal(elapsed // timedelta(seconds=1))
        / Decimal(longest // timedelta(seconds=1)),
        "unit": "working_days",
        "calendar": hours,
    }


def _limits(
    world: World, calendars: Calendars, row: Record, elapsed: timedelta
) -> list[dict[str, Any]] | None:
    """What a supplier's capacity lets arrive, by its buckets, moved on by the lead time."""
    resource = world.records.named("resource").get(row.text("resource"))
    if resource is None:
        return None
    per_unit = row.amount("resourceqty", 1) or Decimal(1)
    name = resource.text("maximumcalendar")
    buckets = calendars.dated_buckets(name)
    world.not_carried(
        "supplier_capacity",
        row,
        f"The capacity {resource.name} of {row.text('supplier')} limits {row.text('item')} alone "
        "here: other "
        "items that share it do not reduce it.",
        "Lower the limits where items compete for the supplier.",
    )
    limits = [
        {"starts": b.first + elapsed, "ends": b.last + elapsed, "quantity": b.value / per_unit}
        for b in buckets
        if b.first and b.last
    ]
    if limits and calendars.defaults.get(name, Decimal(0)) == 0:
        limits.append({"starts": limits[-1]["ends"], "ends": _FAR, "quantity": Decimal(0)})
    return limits


def _lanes(world: World, calendars: Calendars, row: Record) -> Iterator[dict[str, Any]]:
    origins, places = (
        world.plants_under(row.text("origin")),
        world.plants_under(row.text("location")),
    )
    items: list[str] | list[None] = world.items_under(row.text("item"))
    if not origins or not places or not items:
        _names_nothing(world, row)
        return
    if not _used(world, row):
        return
    if len(items) == len(world.leaf_items):
        items = [None]
    world.unread(row, "sizemaximum", "fence", "resource", "batchwindow")
    for place in places:
        there = world.locations.get(place)
        hours = there.text("available") if there else ""
        lead = lead_time(world, calendars, row, row.duration("leadtime") or timedelta(0), hours)
        for origin in origins:
            for item in items:
                yield (
                    given(
                        from_plant=origin,
                        to_plant=place,
                        item=item,
                        lead_time=lead,
                        cost=row.number("cost"),
                        priority=row.whole("priority", 1),
                    )
                    | _sizes(row)
                    | _dates(row)
                )
