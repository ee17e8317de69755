"""frePPLe's operations: routings with their steps and bills.

A routing with suboperations is a routing here; a single operation is a routing of one step;
alternates become routings by priority, splits routings by share. Operations without an item of
their own that block others become steps of the routing they block; shipping operations become
shipping time where they are nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.materials import (
    Flow,
    co_products_of,
    flows_of,
    lines_of,
    made_item,
    made_quantity,
)
from integration.formats.frepple.needs import needs_of
from integration.formats.frepple.resources import Resources, Role
from integration.formats.frepple.values import day_or_moment, last_day_or_moment
from integration.formats.frepple.world import World, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.formats.frepple.records import Record

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to make an item: a routing."""

    name: str
    item: str
    plant: str
    steps: tuple[str, ...]
    priority: int = 1
    share: Decimal | None = None
    owner: str = ""
    """Operation whose materials and sizes hold as well."""


@dataclass(frozen=True, slots=True)
class Shipping:
    """What a delivery operation amounts to: the item it takes, how many of it, and its time."""

    item: str
    quantity: Decimal
    time: timedelta


@dataclass
class Operations:
    """Routings of a data set, and what its delivery operations are."""

    world: World
    resources: Resources
    subs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    blocked_by: dict[str, list[tuple[str, Decimal, timedelta]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    delivery: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Delivery operation → items of the orders it delivers."""
    shipping: dict[str, Shipping] = field(default_factory=dict)
    made_by: dict[str, str] = field(default_factory=dict)
    """Delivery operation that makes what it delivers → the item."""
    routing_of: dict[str, str] = field(default_factory=dict)
    """Operation, or one of its steps → the routing it is in."""
    inlined: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        rows = self.world.operations
        for name in sorted(rows, key=lambda n: (rows[n].whole("priority", 1), n)):
            if rows[name].text("owner") in rows:
                self.subs[rows[name].text("owner")].append(name)
        for row in self.world.records.of("operationdependency"):
            self._add_dependency(row)
        for order in self.world.records.of("demand"):
            item = order.text("item")
            operation = order.text("operation") or self.delivery_of(item)
            if operation in rows:
                self.delivery[operation].add(item)
        for name in self.delivery:
            self._read_delivery(name)

    def _add_dependency(self, row: Record) -> None:
        operation, before = row.text("operation"), row.text("blockedby")
        if operation in self.world.operations and before in self.world.operations:
            lag = (row.duration("hardsafetyleadtime") or _ZERO) + (
                row.duration("safetyleadtime") or _ZERO
            )
            self.blocked_by[operation].append((before, row.amount("quantity", 1), lag))
        else:
            self.world.findings.add(
                "frepple.names_nothing",
                row.path,
                f"A dependency names {operation!r} or {before!r}, which is no operation.",
                "Correct the names.",
            )

    def delivery_of(self, item: str) -> str:
        row = self.world.items.get(item)
        return row.text("operation") if row else ""

    def _read_delivery(self, name: str) -> None:
        """A mere shipping time, or an operation that makes what is delivered."""
        row = self.world.operations[name]
        if row.text("item") or made_item(self.world, name):
            return
        used = [flow for flow in flows_of(self.world, name) if flow.used]
        simple = len(used) == 1 and used[0].quantity < 0 and not self.subs[name]
        if simple and not self._limits(name) and not self.blocked_by[name]:
            self._ship(name, used[0])
            return
        items = self.delivery[name]
        if len(items) == 1 and not any(flow.item in items for flow in used):
            self.made_by[name] = next(iter(items))
            return
        self.made_by[name] = name
        self.world.data["items"].append(
            {"id": name, "name": f"{', '.join(sorted(items))}, delivered by {name}"}
        )
        self.world.not_carried(
            "delivery_operation",
            row,
            f"{name} delivers with capacity or several materials; it makes an item of its own "
            "here, which is delivered whole.",
        )

    def _limits(self, name: str) -> bool:
        return any(
            self.resources.roles[ld.root] is not Role.UNLIMITED
            for ld in self.resources.loads.get(name, [])
        )

    def _ship(self, name: str, flow: Flow) -> None:
        row = self.world.operations[name]
        time = row.duration("duration") or _ZERO
        self.shipping[name] = Shipping(flow.item, -flow.quantity, time)
        if row.duration("durationper"):
            self.world.unread(row, "durationper")
        place = self.world.locations.get(row.text("location"))
        if time and place and place.text("available"):
            self.world.not_carried(
                "shipping_hours",
                row,
                f"{name} takes {time} of the hours of {place.name} there; here it is shipping "
                "time that passes always.",
            )

    # --- variants ------------------------------------------------------------------------------

    def variants(self) -> Iterator[Variant]:
        """Every routing, by the operations that are used."""
        for name, row in self.world.operations.items():
            if row.text("owner") in self.world.operations or name in self.shipping:
                continue
            if row.whole("priority", 1) == 0:
                self.world.findings.note(
                    "frepple.not_used",
                    row.path,
                    f"The operation {name} has priority 0: it is not used in planning.",
                )
                continue
            found = list(self._expand(name, "", "", row.whole("priority", 1), None))
            yield from (variant for variant in found if variant.item)

    def _expand(
        self,
        name: str,
        item: str,
        plant: str,
        priority: int,
        share: Decimal | None,
        owner: str = "",
    ) -> Iterator[Variant]:
        row, subs = self.world.operations[name], self.subs[name]
        item = item or self._item_of(name) or self.made_by.get(name, "")
        plant = plant or row.text("location") or self._location_in(name) or self.world.only_plant
        match row.text("type", "fixed_time"):
            case "alternate":
                for sub in subs:
                    own = self.world.operations[sub].whole("priority", 1)
                    if own:
                        yield from self._expand(sub, item, plant, priority * 1000 + own, None, name)
            case "split":
                parts = {sub: self.world.operations[sub].amount("priority", 1) for sub in subs}
                total = sum(parts.values()) or Decimal(1)
                for sub, part in parts.items():
                    yield from self._expand(sub, item, plant, priority, part / total, name)
            case "routing" if subs:
                yield Variant(name, item, plant, tuple(subs), priority, share, owner)
            case _:
                yield Variant(name, item, plant, (name,), priority, share, owner)

    def _item_of(self, name: str) -> str:
        """The item an operation is of; its materials are believed where they say otherwise."""
        row = self.world.operations[name]
        said, made = row.text("item"), self._item_made_in(name)
        if said and made and said != made:
            self.world.not_carried(
                "item_by_material",
                row,
                f"{name} is said to make {said}; here it makes {made}, as its materials do.",
                "Correct the item of the operation.",
            )
        return made or said

    def _item_made_in(self, name: str) -> str:
        found = {made_item(self.world, sub) for sub in [name, *self.subs[name]]} - {""}
        return found.pop() if len(found) == 1 else ""

    def _location_in(self, name: str) -> str:
        places = {self.world.operations[sub].text("location") for sub in self.subs[name]} - {""}
        return places.pop() if len(places) == 1 else ""

    # --- routings ------------------------------------------------------------------------------

    def fill(self) -> None:
        """Routings and bills of the snapshot."""
        variants = list(self.variants())
        scale = _ranks(variants)
        for variant in variants:
            self._fill_one(variant, scale[variant.name])
        for name, row in self.world.operations.items():
            used = name in self.routing_of or name in self.shipping
            if not used and not self.subs[name]:
                self.world.findings.note(
                    "frepple.not_used",
                    row.path,
                    f"The operation {name} makes no item, blocks none and delivers nothing: it "
                    "is not used.",
                )

    def _fill_one(self, variant: Variant, priority: int) -> None:
        row = self.world.operations[variant.name]
        if not variant.plant:
            self.world.findings.add(
                "frepple.no_location",
                row.path,
                f"The operation {variant.name} has no location.",
                "Give its location.",
            )
            return
        steps, bought = self._ordered(variant)
        for step in (variant.name, *steps):
            self.routing_of.setdefault(step, variant.name)
        flows = self._flows(variant, steps)
        made = made_quantity(flows, variant.item)
        self._fill_bill(variant, flows, made, bought)
        owner = self.world.operations.get(variant.owner, row)
        self.world.data["routings"].append(
            given(
                id=variant.name,
                item=variant.item,
                plant=variant.plant,
                bom=variant.name,
                steps=[self._step(name, steps, made) for name in steps],
                effective_from=day_or_moment(
                    row.moment("effectivestart") or owner.moment("effectivestart")
                ),
                effective_to=last_day_or_moment(
                    row.moment("effectiveend") or owner.moment("effectiveend")
                ),
                priority=priority,
                share=variant.share,
                **_sizes(row, made),
            )
        )
        self._say_what_is_lost(variant, row)

    def _say_what_is_lost(self, variant: Variant, row: Record) -> None:
        self.world.unread(row, "batchwindow", "sizeminimumcalendar")
        for name in {row.name, variant.owner} - {""}:
            mode = self.world.operations[name].text("searchmode").upper()
            if mode not in ("", "PRIORITY"):
                self.world.not_carried(
                    "search_mode",
                    self.world.operations[name],
                    f"{variant.item}: routings are tried by priority, not by {mode}.",
                    "Set priorities in the order of cost.",
                )
        if len(variant.steps) > 1 and self.resources.loads.get(variant.name):
            self.world.not_carried(
                "load_of_routing",
                row,
                f"Loads of the routing {variant.name} itself are left out; loads of its steps "
                "hold.",
            )

    def _flows(self, variant: Variant, steps: list[str]) -> list[Flow]:
        flows = [flow for step in steps for flow in flows_of(self.world, step, step)]
        for name in (variant.name, variant.owner):
            if name and name not in steps:
                flows += flows_of(self.world, name, None)
        return flows

    def _fill_bill(
        self, variant: Variant, flows: list[Flow], made: Decimal, bought: list[dict[str, Any]]
    ) -> None:
        self.world.data["boms"].append(
            given(
                id=variant.name,
                item=variant.item,
                plant=variant.plant,
                output_quantity=made,
                lines=lines_of(self.world, flows, variant.item) + bought,
                co_products=co_products_of(self.world, flows, variant.item) or None,
            )
        )

    def _ordered(self, variant: Variant) -> tuple[list[str], list[dict[str, Any]]]:
        """Steps, those that block first; and lines for blocking operations that make an item."""
        order: list[str] = []
        bought: list[dict[str, Any]] = []

        def visit(name: str, open_steps: tuple[str, ...]) -> None:
            if name in order or name in open_steps:
                return
            for before, quantity, _ in self.blocked_by[name]:
                if before in variant.steps or self._can_inline(before):
                    if quantity != 1:
                        self.world.not_carried(
                            "dependency_quantity",
                            self.world.operations[name],
                            f"{name} needs {quantity} of {before} for each; it waits for one here.",
                        )
                    visit(before, (*open_steps, name))
                else:
                    bought.extend(self._line_for(name, before, quantity))
            order.append(name)

        for step in variant.steps:
            visit(step, ())
        self.inlined |= set(order) - set(variant.steps)
        return order, bought

    def _can_inline(self, name: str) -> bool:
        """Whether an operation makes nothing of its own: it is then a step of what it blocks."""
        row = self.world.operations[name]
        return not (
            row.text("item") or made_item(self.world, name) or self.subs[name] or row.text("owner")
        )

    def _line_for(self, name: str, before: str, quantity: Decimal) -> list[dict[str, Any]]:
        item = self.world.operations[before].text("item") or made_item(self.world, before)
        used = {flow.item for flow in flows_of(self.world, name) if flow.used}
        if item in used:
            return []
        row = self.world.operations[name]
        if not item:
            self.world.not_carried(
                "dependency", row, f"{name} waits for {before} there, and does not here."
            )
            return []
        self.world.not_carried(
            "dependency_as_material",
            row,
            f"{name} waits for {before} there; here it uses {item}, which {before} makes.",
        )
        return [{"item": item, "quantity": quantity, "step": name}]

    # --- steps ---------------------------------------------------------------------------------

    def _step(self, name: str, steps: list[str], made: Decimal) -> dict[str, Any]:
        row = self.world.operations[name]
        per_unit = row.duration("durationper") if row.text("type") == "time_per" else None
        fields = given(
            id=name,
            name=row.text("description"),
            fixed=row.duration("duration"),
            run_per_unit=per_unit / float(made) if per_unit and made != 1 else per_unit,
            post_time=row.duration("posttime"),
            calendar=row.text("available") or None,
            follows=self._links(name, steps),
        )
        return fields | needs_of(self.world, self.resources, name)

    def _links(self, name: str, steps: list[str]) -> list[dict[str, Any]] | None:
        """What a step waits for; None leaves it to the order of the steps."""
        inside = {s: [b for b in self.blocked_by[s] if b[0] in steps] for s in steps}
        if not any(inside.values()):
            return None
        own = inside[name]
        if not own and name not in self.inlined and not self._ordered_by_links(steps, inside):
            at = [s for s in steps if s not in self.inlined]
            index = at.index(name)
            return [{"step": at[index - 1]}] if index else []
        return [given(step=before, minimum_lag=lag or None) for before, _, lag in own]

    def _ordered_by_links(
        self, steps: list[str], inside: dict[str, list[tuple[str, Decimal, timedelta]]]
    ) -> bool:
        """Whether the routing's own steps are linked among each other."""
        own = [s for s in steps if s not in self.inlined]
        return any(before in own for s in own for before, _, _ in inside[s])


def _ranks(variants: list[Variant]) -> dict[str, int]:
    """Priorities by item and plant as small numbers, equal where they were equal."""
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for variant in variants:
        groups[variant.item, variant.plant].add(variant.priority)
    order = {key: sorted(found) for key, found in groups.items()}
    return {v.name: order[v.item, v.plant].index(v.priority) + 1 for v in variants}


def _sizes(row: Record, made: Decimal) -> dict[str, Any]:
    """Lot sizes in pieces of the item; there they are in runs of the operation, at least one."""
    maximum, multiple = row.number("sizemaximum"), row.number("sizemultiple")
    return given(
        lot_minimum=row.amount("sizeminimum", 1) * made,
        lot_multiple=multiple * made if multiple else None,
        lot_maximum=maximum * made if maximum else None,
    )
