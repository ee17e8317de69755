"""Setup matrices: rules with patterns there, one time for every pair of setups here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.world import World, given

if TYPE_CHECKING:
    from integration.formats.frepple.records import Record


def read_setups(world: World) -> None:
    """Fill the setup matrices, by the setups that loads and resources name."""
    setups = {row.text("setup") for row in world.records.of("operationresource")}
    setups |= {row.text("setup") for row in world.records.of("resource")}
    known = sorted(setups - {""})
    for name in world.records.named("setupmatrix"):
        rules = [row for row in world.records.of("setuprule") if row.text("setupmatrix") == name]
        rules.sort(key=lambda row: row.whole("priority", 0))
        for rule in rules:
            world.unread(rule, "cost", "resource")
        world.data["setup_matrices"].append({"id": name, "changeovers": _changeovers(rules, known)})


def _changeovers(rules: list[Record], known: list[str]) -> list[dict[str, Any]]:
    """The first rule that fits a pair decides, as there."""
    found = []
    for before in [None, *known]:
        for after in known:
            rule = next((r for r in rules if _fits(r, before, after)), None)
            if rule is not None and before != after:
                time = rule.duration("duration") or timedelta(0)
                found.append(given(from_family=before, to_family=after, time=time))
    return found


def _fits(rule: Record, before: str | None, after: str) -> bool:
    return _matches(rule.text("fromsetup"), before) and _matches(rule.text("tosetup"), after)


def _matches(pattern: str, setup: str | None) -> bool:
    if pattern in ("", "*", ".*"):
        return True
    if setup is None:
        return False
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), setup) is not None
