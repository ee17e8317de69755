"""The layout of a workbook: one sheet for every list of the snapshot, by the model itself.

A list inside a part (lines of a bill, steps of a routing) has its own sheet; its rows name the
part they belong to. A part inside a part (a lead time) becomes columns with its name in front.
Read by ``tables``, ``template``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from scheduler.factory import Snapshot
from scheduler.factory.values import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    MINUTES = "minutes"
    DAY = "day, or day and time"
    TIME = "day and time"
    CHOICE = "one of a list"
    WEEKDAYS = "weekdays"
    EMPTY_LIST = "none, or blank"
    """Only says that a list is there and empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    path
        Fields from the part of the row to the value.
    choices
        What it may hold, when that is a list.
    required
        The row says nothing without it.
    group
        Fields to the optional part it belongs to; that is there when one of its columns is.
    """

    name: str
    kind: Kind
    path: tuple[str, ...]
    description: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Parameters
    ----------
    field
        Field of the parent that the rows are the list of.
    refs
        Columns that name the part a row belongs to, outermost first.
    key
        Columns that rows of other sheets name this row by.
    numbered
        Rows have no name of their own and are told apart by a column ``line``.
    pairs
        The field maps a name to a number: rows are these pairs.
    """

    name: str
    field: str
    columns: tuple[Column, ...]
    refs: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    key_names: tuple[str, ...] = ()
    """What ``key`` is called in the sheets below."""
    numbered: bool = False
    pairs: bool = False
    needed: bool = False
    """The part it belongs to always has this list, if only an empty one."""
    children: tuple[Sheet, ...] = ()
    description: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """All column names, in the order they are written."""
        line = ("line",) if self.numbered else ()
        return (*self.refs, *line, *(column.name for column in self.columns))

    def walk(self) -> Iterator[Sheet]:
        """This sheet and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


_NAMES = {
    ("items", "conversions"): "item_conversions",
    ("replenishments", "safety_levels"): "safety_levels",
    ("boms", "lines"): "bom_lines",
    ("boms", "co_products"): "co_products",
    ("bom_lines", "substitutes"): "bom_substitutes",
    ("routings", "steps"): "routing_steps",
    ("routing_steps", "alternatives"): "step_alternatives",
    ("routing_steps", "labour"): "step_labour",
    ("routing_steps", "tools"): "step_tools",
    ("routing_steps", "follows"): "step_links",
    ("purchases", "capacity"): "supply_limits",
    ("calendars", "rules"): "calendar_rules",
    ("machines", "downtimes"): "machine_downtimes",
    ("labour_pools", "skills"): "labour_skills",
    ("labour_pools", "members"): "workers",
    ("labour_pools", "downtimes"): "labour_downtimes",
    ("workers", "skills"): "worker_skills",
    ("workers", "downtimes"): "worker_downtimes",
    ("tools", "downtimes"): "tool_downtimes",
    ("setup_matrices", "changeovers"): "changeovers",
    ("work_orders", "steps"): "work_order_steps",
}
_SINGULAR = {
    "items": "item",
    "boms": "bom",
    "bom_lines": "bom_line",
    "routings": "routing",
    "routing_steps": "step",
    "purchases": "purchase",
    "calendars": "calendar",
    "machines": "machine",
    "labour_pools": "labour_pool",
    "workers": "worker",
    "tools": "tool",
    "setup_matrices": "setup_matrix",
    "work_orders": "work_order",
}
_NATURAL = {"replenishments": ("item", "plant")}
_RENAMED = {("step_links", "step"): "follows"}


@cache
def sheets() -> tuple[Sheet, ...]:
    """The sheets of the lists of the snapshot; those of lists inside hang below them."""
    found = []
    for field, info in Snapshot.model_fields.items():
        part = _part_of_list(info.annotation)
        if part:
            found.append(_sheet(field, field, part, (), _about(info, part)))
    return tuple(found)


@cache
def all_sheets() -> dict[str, Sheet]:
    """Every sheet by its name, in the order they are written."""
    return {sheet.name: sheet for top in sheets() for sheet in top.walk()}


@cache
def plan_columns() -> tuple[Column, ...]:
    """Columns of the sheet ``plan``: what the snapshot says of itself."""
    return tuple(
        column
        for name, info in Snapshot.model_fields.items()
        if not _part_of_list(info.annotation)
        for column in _columns(name, info, (), ())
    )


def _sheet(
    name: str,
    field: str,
    part: type[Part],
    refs: tuple[str, ...],
    description: str,
    *,
    needed: bool = False,
) -> Sheet:
    lists = {n: i for n, i in part.model_fields.items() if _is_list(i.annotation)}
    flat = [(n, i) for n, i in part.model_fields.items() if n not in lists]
    columns = [column for n, i in flat for column in _columns(n, i, (), ())]
    columns = [Column(_RENAMED.get((name, c.name), c.name), *_rest(c)) for c in columns] + [
        Column(n, Kind.EMPTY_LIST, (n,), i.description or "")
        for n, i in lists.items()
        if _optional(i.annotation)
    ]
    has_id = "id" in part.model_fields
    key = ("id",) if has_id else _NATURAL.get(name, ("line",))
    singular = _SINGULAR.get(name, name)
    below = {"id": singular, "line": singular if not refs else "line"}
    key_names = tuple(below.get(k, k) for k in key)
    if key == ("line",) and not refs:
        key_names = (f"{singular}_line",)
    child_refs = refs + key_names
    children = tuple(_child(name, n, i, child_refs) for n, i in lists.items())
    return Sheet(
        name=name,
        field=field,
        columns=tuple(columns),
        refs=refs,
        key=key,
        key_names=key_names,
        numbered=bool(children) and key == ("line",),
        children=children,
        description=description,
        needed=needed,
    )


def _child(parent: str, field: str, info: FieldInfo, refs: tuple[str, ...]) -> Sheet:
    name = _NAMES[parent, field]
    part = _part_of_list(info.annotation)
    if part:
        return _sheet(name, field, part, refs, _about(info, part), needed=info.is_required())
    pair = (
        Column("skill", Kind.TEXT, ("skill",), info.description or "", required=True),
        Column("people", Kind.WHOLE, ("people",), info.description or "", required=True),
    )
    return Sheet(name, field, pair, refs, pairs=True, description=info.description or "")


def _rest(column: Column) -> tuple[Any, ...]:
    return (
        column.kind,
        column.path,
        column.description,
        column.choices,
        column.required,
        column.group,
    )


def _about(info: FieldInfo, part: type[Part]) -> str:
    return info.description or (part.__doc__ or "").split("\n\n")[0].strip()


def _columns(
    name: str, info: FieldInfo, path: tuple[str, ...], group: tuple[str, ...]
) -> list[Column]:
    inner = _plain(info.annotation)
    full = (*path, name)
    if isinstance(inner, type) and issubclass(inner, Part):
        group = full if _optional(info.annotation) else group
        return [
            column for n, i in inner.model_fields.items() for column in _columns(n, i, full, group)
        ]
    kind, choices = _kind(name, inner)
    suffix = "_minutes" if kind is Kind.MINUTES else ""
    return [
        Column(
            "_".join(full) + suffix,
            kind,
            full,
            info.description or "",
            choices,
            info.is_required() and not group,
            group,
        )
    ]


def _kind(name: str, inner: Any) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(inner) is Literal:
        return Kind.TEXT, ()
    if get_origin(inner) is tuple:
        return Kind.WEEKDAYS, ()
    if isinstance(inner, UnionType) or get_origin(inner) is Union:
        return Kind.DAY, ()
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return Kind.CHOICE, tuple(str(member.value) for member in inner)
    kinds = {
        str: Kind.TEXT,
        Decimal: Kind.NUMBER,
        int: Kind.WHOLE,
        bool: Kind.YES_NO,
        timedelta: Kind.MINUTES,
        datetime: Kind.TIME,
        date: Kind.DAY,
    }
    if inner not in kinds:
        raise TypeError(f"no column is known for {name}: {inner}")
    return kinds[inner], ()


def _plain(annotation: Any) -> Any:
    """The type without Annotated and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        members = [_plain(a) for a in get_args(annotation) if a is not type(None)]
        return members[0] if len(members) == 1 else Union[tuple(members)]  # noqa: UP007
    return annotation


def _optional(annotation: Any) -> bool:
    return type(None) in get_args(annotation)


def _is_list(annotation: Any) -> bool:
    return _part_of_list(annotation) is not None or get_origin(_plain(annotation)) is dict


def _part_of_list(annotation: Any) -> type[Part] | None:
    inner = _plain(annotation)
    if get_origin(inner) is not tuple:
        return None
    part = get_args(inner)[0]
    return part if isinstance(part, type) and issubclass(part, Part) else None
