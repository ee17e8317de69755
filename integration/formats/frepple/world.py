"""World: what one frePPLe data set is about, looked up by every part of the reader.

Hierarchies of items and locations, the current date, which names are groups, and the data of the
snapshot so far.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from integration.formats.frepple import values

if TYPE_CHECKING:
    from integration.formats.frepple.records import Record, Records
    from scheduler.findings import Findings


@dataclass
class World:
    """One data set.

    Parameters
    ----------
    data
        Lists of the snapshot, filled by the parts of the reader.
    """

    records: Records
    findings: Findings
    data: dict[str, Any] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Values by name."""
        return {name: row.text("value") for name, row in self.records.named("parameter").items()}

    @cached_property
    def items(self) -> dict[str, Record]:
        """Rows of items by name."""
        return self.records.named("item")

    @cached_property
    def locations(self) -> dict[str, Record]:
        """Rows of locations by name."""
        return self.records.named("location")

    @cached_property
    def operations(self) -> dict[str, Record]:
        """Rows of operations by name, owners of the table of suboperations filled in."""
        found = self.records.named("operation")
        for row in self.records.of("suboperation"):
            name = row.text("suboperation")
            if name in found:
                found[name].fields.setdefault("owner", row.text("operation"))
                found[name].fields["priority"] = row.whole("priority", 1)
        return found

    @cached_property
    def now(self) -> datetime:
        """The current date of the plan; without one, the first due date of an open order."""
        given = self.parameters.get("currentdate", "")
        try:
            found = values.moment(given) if given else None
        except values.BadValueError:
            found = None
        if found:
            return found
        due = [row.moment("due") for row in self.records.of("demand") if is_open(row)]
        first = min(
            (moment for moment in due if moment),
            default=datetime.fromisoformat("2000-01-01T00:00+00:00"),
        )
        self.findings.warn(
            "frepple.no_current_date",
            "parameter/currentdate",
            f"The current date is {given or 'not given'}; the plan is made at {first:%Y-%m-%d}.",
            "Give the parameter currentdate.",
        )
        return first

    @cached_property
    def used_items(self) -> set[str]:
        """Items that something is done with: stocked, made, used, ordered."""
        tables = ("buffer", "operation", "operationmaterial", "demand", "operationplan")
        used = {row.text("item") for table in tables for row in self.records.of(table)}
        return used - {""}

    @cached_property
    def used_locations(self) -> set[str]:
        """Locations where something is done."""
        used = {
            row.text(name)
            for table in ("buffer", "operation", "demand", "operationplan", "itemdistribution")
            for row in self.records.of(table)
            for name in ("location", "origin", "destination")
        }
        suppliers = set(self.records.named("supplier"))
        used |= {
            row.text("location")
            for table in ("resource", "itemsupplier")
            for row in self.records.of(table)
            if row.text("location") not in suppliers
        }
        return used - {""}

    @cached_property
    def leaf_items(self) -> list[str]:
        """Items that are not mere groups, those that no table of items names included."""
        owners = {row.text("owner") for row in self.items.values()}
        named = [n for n in self.items if n not in owners or n in self.used_items]
        return named + sorted(self.used_items - set(self.items))

    @cached_property
    def plants(self) -> list[str]:
        """Locations that are not mere groups."""
        owners = {row.text("owner") for row in self.locations.values()}
        suppliers = set(self.records.named("supplier"))
        named = [
            name
            for name in self.locations
            if name in self.used_locations or (name not in owners and name not in suppliers)
        ]
        groups = {name for name in owners if name in self.locations and name not in named}
        return named + sorted(self.used_locations - set(named) - groups)

    def items_under(self, name: str) -> list[str]:
        """The item, and all leaves below it."""
        return self._under(name, self.items, self.leaf_items)

    def plants_under(self, name: str) -> list[str]:
        """The location, and all plants below it."""
        return self._under(name, self.locations, self.plants)

    @staticmethod
    def _under(name: str, rows: dict[str, Record], leaves: list[str]) -> list[str]:
        found = []
        for leaf in leaves:
            seen: set[str] = set()
            at = leaf
            while at and at not in seen:
                if at == name:
                    found.append(leaf)
                    break
                seen.add(at)
                at = rows[at].text("owner") if at in rows else ""
        return found

    @cached_property
    def only_plant(self) -> str:
        """The plant, when there is one only; else empty."""
        return self.plants[0] if len(self.plants) == 1 else ""

    def not_carried(self, code: str, row: Record, message: str, remedy: str = "") -> None:
        """Say that something of a row is not carried over exactly."""
        self.findings.warn(
            f"frepple.{code}", row.path, message, remedy or "Check the dates that depend on it."
        )

    def unread(self, row: Record, *names: str) -> None:
        """Say which filled fields of a row have no place in the snapshot."""
        for name in names:
            value = row.fields.get(name)
            if value is None or row.text(name) in ("0", "0.0", "0:00:00"):
                continue
            self.not_carried(
                "field_not_carried",
                row,
                f"{row.entity} {row.name or row.text('item')}: {name} ({row.text(name)}) is not "
                "carried over.",
            )


def is_open(row: Record) -> bool:
    """Whether a sales order line is to be planned."""
    return row.text("status", "open").lower() == "open"


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
