"""What a step needs, by the roles of what its operation loads: a machine, people, tools."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.materials import borrowed
from integration.formats.frepple.resources import Load, Resources, Role
from integration.formats.frepple.values import day_or_moment, last_day_or_moment
from integration.formats.frepple.world import World, given

if TYPE_CHECKING:
    from integration.formats.frepple.records import Record


def _borrowed(world: World, name: str) -> list[dict[str, Any]]:
    found = []
    for item, count in borrowed(world, name):
        found.append({"tool": item, "count": count})
        world.not_carried(
            "returned_material",
            world.operations[name],
            f"{item} is taken by one operation and given back by a later one; here it is "
            "held by each of the two, "
            "and not in between.",
        )
    return found


def needs_of(world: World, resources: Resources, name: str) -> dict[str, Any]:
    """Machine, people and tools of one step, by the roles of what it loads."""
    needs: dict[str, Any] = defaultdict(list)
    unlimited: list[Load] = []
    for load in resources.loads.get(name, []):
        match resources.roles[load.root]:
            case Role.MACHINE if "alternatives" not in needs:
                needs["alternatives"] = _alternatives(world, resources, load)
                if family := load.first.text("setup"):
                    needs["setup_family"] = family
            case Role.LABOUR:
                needs["labour"].append(_labour(world, resources, load))
            case Role.TOOL:
                needs["tools"].append(_tool(world, resources, load))
            case Role.UNLIMITED:
                unlimited.append(load)
            case Role.MACHINE:
                world.not_carried(
                    "second_machine",
                    load.first,
                    f"{name} loads a second machine {load.root}, which is left out.",
                )
    if unlimited and "alternatives" not in needs:
        needs["alternatives"] = _alternatives(world, resources, unlimited[0])
    needs["tools"] += _borrowed(world, name)
    return {kind: found for kind, found in needs.items() if found}


def _alternatives(world: World, resources: Resources, load: Load) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    by_cost = load.first.text("searchmode").upper().startswith("MINCOST")
    ranked: list[tuple[tuple[Any, ...], str, Record]] = []
    for row in load.rows:
        skill = row.text("skill")
        for leaf in resources.leaves(row.text("resource")):
            level = _skill_priority(resources, leaf, skill)
            if level is None:
                continue
            cost = resources.rows[leaf].amount("cost") if by_cost else Decimal(0)
            ranked.append(((row.whole("priority", 1), cost, level), leaf, row))
    order = sorted({rank for rank, _, _ in ranked})
    for rank, leaf, row in sorted(ranked, key=lambda entry: entry[0]):
        if leaf not in found:
            units = row.amount("quantity", 1) * resources.scale(leaf)
            found[leaf] = given(
                machine=leaf,
                units=units if units != 1 and units > 0 else None,
                priority=order.index(rank) + 1,
                effective_from=day_or_moment(row.moment("effectivestart")),
                effective_to=last_day_or_moment(row.moment("effectiveend")),
            )
    if not found:
        world.findings.add(
            "frepple.nobody_can",
            load.first.path,
            f"No resource of {load.root} has the skill {load.first.text('skill')!r} that "
            f"{load.first.text('operation')} needs.",
            "Give the skill to one of them.",
        )
    return list(found.values())


def _skill_priority(resources: Resources, name: str, skill: str) -> int | None:
    if not skill:
        return 1
    levels = [s["priority"] for s in resources.skills(name) if s["skill"] == skill]
    usable = [level for level in levels if level != 0]
    return min(usable) if usable else None


def _labour(world: World, resources: Resources, load: Load) -> dict[str, Any]:
    row = load.first
    if len(load.rows) > 1:
        world.not_carried(
            "alternate_people",
            row,
            f"{row.text('operation')}: of alternative pools only {load.root} is used.",
        )
    named = row.text("resource")
    skill = row.text("skill") or None
    if named != load.root and not resources.members[named]:
        skill = named
        resources.direct[load.root].add(named)
    quantity = row.amount("quantity", 1) or Decimal(1)
    capacity = resources.capacity(named)
    if resources.rows[load.root].text("type").startswith("buckets"):
        quantity = Decimal(1)
    if quantity > 1 and resources.members[load.root]:
        individual = world.parameters.get("plan.individualPoolResources", "").lower() == "true"
        if not individual and capacity < quantity:
            world.not_carried(
                "member_size",
                row,
                f"{row.text('operation')} needs a member of size {quantity}; {quantity} "
                "members are taken.",
            )
    world.unread(row, "setup", "effectivestart", "effectiveend")
    return given(pool=load.root, people=quantity if quantity != 1 else None, skill=skill)


def _tool(world: World, resources: Resources, load: Load) -> dict[str, Any]:
    row = load.first
    kind = resources.rows[load.root].text("subcategory").lower()
    if kind == "tool per piece":
        world.not_carried(
            "tool_per_piece",
            row,
            f"{row.text('operation')} takes a {load.root} for every piece there; here one "
            "order takes "
            f"{row.amount('quantity', 1)} of them.",
            "Check large orders against the number there are.",
        )
    return {
        "tool": load.root,
        "count": row.amount("quantity", 1) or Decimal(1),
        "whole_order": True,
    }
