"""Materials: what operations use as lines of a bill, what else they make as co-products."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.places import is_tool_item
from integration.formats.frepple.values import day_or_moment, last_day_or_moment
from integration.formats.frepple.world import World, given

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration.formats.frepple.records import Record


@dataclass(frozen=True, slots=True)
class Flow:
    """One row: ``quantity`` per unit of the operation, ``fixed`` per order; used is negative."""

    row: Record
    item: str
    quantity: Decimal
    fixed: Decimal
    step: str | None = None

    @property
    def used(self) -> bool:
        """Whether it is taken in."""
        return self.quantity < 0 or self.fixed < 0

    @property
    def amount(self) -> Decimal:
        """How much is used per unit; per order when nothing is used per unit."""
        return -self.quantity if self.quantity else -self.fixed


def flows_of(world: World, operation: str, step: str | None = None) -> list[Flow]:
    """Materials of one operation."""
    found = []
    for row in world.records.of("operationmaterial"):
        if row.text("operation") != operation:
            continue
        fixed = row.number("fixedquantity", 0) or Decimal(0)
        quantity = row.number("quantity", 0 if fixed else 1) or Decimal(0)
        if not row.text("item"):
            world.findings.add(
                "frepple.names_nothing",
                row.path,
                f"A material of {operation} names no item.",
                "Give the item.",
            )
            continue
        found.append(Flow(row, row.text("item"), quantity, fixed, step))
    return found


def made_item(world: World, operation: str) -> str:
    """The one item an operation makes, by its materials; empty when there is none, or several."""
    made = {
        f.item
        for f in flows_of(world, operation)
        if f.quantity > 0 and not is_tool_item(world, f.item)
    }
    return made.pop() if len(made) == 1 else ""


def made_quantity(flows: Iterable[Flow], item: str) -> Decimal:
    """How much of its item an operation makes per unit: 1 where no row says otherwise."""
    made = [f.quantity for f in flows if f.item == item and f.quantity > 0]
    return sum(made, Decimal(0)) or Decimal(1)


def lines_of(world: World, flows: list[Flow], item: str) -> list[dict[str, Any]]:
    """Lines of the bill, alternatives by name as substitutes."""
    groups: dict[object, list[Flow]] = {}
    for index, flow in enumerate(flows):
        if flow.used and not is_tool_item(world, flow.item):
            name = flow.row.text("name")
            key = (flow.row.text("operation"), name) if name else index
            groups.setdefault(key, []).append(flow)
    lines = []
    for group in groups.values():
        ordered = sorted(group, key=lambda f: f.row.whole("priority", 1))
        used = [f for f in ordered if f.row.whole("priority", 1) != 0]
        if used:
            lines += _lines(world, used)
    return lines


def _lines(world: World, group: list[Flow]) -> list[dict[str, Any]]:
    main, others = group[0], group[1:]
    row = main.row
    _say_what_is_lost(world, main, alternatives=bool(others))
    dates = given(
        effective_from=day_or_moment(row.moment("effectivestart")),
        effective_to=last_day_or_moment(row.moment("effectiveend")),
    )
    line = given(
        item=main.item,
        quantity=main.amount,
        fixed=True if not main.quantity else None,
        step=main.step,
        substitutes=[_substitute(main, other) for other in others] or None,
        transfer_batch=_transfer_batch(world, main),
        offset=row.duration("offset") if not row.text("offset").startswith("-") else None,
        plant=row.text("location") or None,
    )
    if not others:
        line |= dates
    lines = [line]
    if main.quantity and main.fixed < 0:
        lines.append(
            given(item=main.item, quantity=-main.fixed, fixed=True, step=main.step) | dates
        )
    return lines


def _say_what_is_lost(world: World, flow: Flow, *, alternatives: bool) -> None:
    row = flow.row
    if row.text("type") == "end":
        world.not_carried(
            "used_at_end",
            row,
            f"{flow.item} is used at the end there, and at the start of the step here.",
        )
    if row.text("offset").startswith("-"):
        world.not_carried(
            "offset", row, f"{flow.item} is needed before the start there, and at the start here."
        )
    if alternatives and ("effectivestart" in row.fields or "effectiveend" in row.fields):
        world.not_carried(
            "dated_alternative",
            row,
            f"{flow.item} has dates and alternatives; the dates of the preferred material are "
            "left out.",
        )
    if row.text("searchmode").upper() not in ("", "PRIORITY"):
        world.not_carried(
            "search_mode",
            row,
            f"{flow.item}: alternatives are tried by priority, not by {row.text('searchmode')}.",
        )


def _substitute(main: Flow, other: Flow) -> dict[str, Any]:
    return given(
        item=other.item,
        quantity=other.amount / main.amount if main.amount else Decimal(1),
        priority=other.row.whole("priority", 1),
        effective_from=day_or_moment(other.row.moment("effectivestart")),
        effective_to=last_day_or_moment(other.row.moment("effectiveend")),
    )


def _transfer_batch(world: World, flow: Flow) -> Decimal | None:
    """The batch that is passed on: the larger of what the maker gives and the user takes."""
    if flow.row.text("type") != "transfer_batch":
        return None
    takes = flow.row.number("transferbatch")
    gives = [
        row.number("transferbatch") or Decimal(0)
        for row in world.records.of("operationmaterial")
        if row.text("item") == flow.item
        and row.text("type") == "transfer_batch"
        and (row.number("quantity", 1) or Decimal(0)) > 0
    ]
    if not takes or not gives:
        world.not_carried(
            "transfer_batch",
            flow.row,
            f"{flow.item} comes in batches there; here a whole supply is there at once.",
        )
        return None
    return max(takes, *gives)


def co_products_of(world: World, flows: list[Flow], item: str) -> list[dict[str, Any]]:
    """What else is made."""
    found = []
    for flow in flows:
        if flow.used or is_tool_item(world, flow.item):
            continue
        if flow.item == item:
            if flow.fixed:
                world.not_carried(
                    "fixed_output",
                    flow.row,
                    f"{item}: a fixed quantity made per order is left out.",
                )
            world.unread(flow.row, "offset")
            continue
        if flow.row.text("type") == "start":
            world.not_carried(
                "made_at_start",
                flow.row,
                f"{flow.item} is made at the start there, at the end here.",
            )
        quantity = flow.quantity or flow.fixed
        if quantity:
            found.append(
                given(
                    item=flow.item,
                    quantity=quantity,
                    fixed=None if flow.quantity else True,
                    step=flow.step,
                )
            )
    return found


def borrowed(world: World, operation: str) -> list[tuple[str, Decimal]]:
    """Cards and carriers an operation takes or gives back: tools here, with how many."""
    return [
        (flow.item, abs(flow.fixed))
        for flow in flows_of(world, operation)
        if is_tool_item(world, flow.item)
    ]
