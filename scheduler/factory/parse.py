"""Parse: plain values to a snapshot, or everything that is wrong with their form, in words.

Fed by whatever read the bytes; read by ``solve``, formats and the service. Nothing that people
write gets a traceback: every fault becomes a finding with the path of ids where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from scheduler.factory.checks.references import LISTS
from scheduler.factory.snapshot import VERSION, Snapshot
from scheduler.findings import Finding, Findings

Location = Sequence[int | str]

SCHEMA_ID = "https://truedate.dev/schema/snapshot-1.json"

FAULTS = {
    "missing": ("data.missing", "is missing", "Give a value."),
    "extra_forbidden": ("data.unknown_field", "is not a field that is known", "Remove it."),
    "string_type": ("data.wrong_type", "is not text", "Write it in quotes."),
    "string_too_short": ("data.empty", "is empty", "Give a value."),
    "string_too_long": ("data.too_long", "is longer than 200 characters", "Shorten it."),
    "tuple_type": ("data.wrong_type", "is not a list", "Write a list."),
    "dict_type": ("data.wrong_type", "is not a group of fields", "Write fields by name."),
    "model_type": ("data.wrong_type", "is not a group of fields", "Write fields by name."),
    "model_attributes_type": (
        "data.wrong_type",
        "is not a group of fields",
        "Write fields by name.",
    ),
    "bool_type": ("data.wrong_type", "is neither true nor false", "Write true or false."),
    "bool_parsing": ("data.wrong_type", "is neither true nor false", "Write true or false."),
    "int_type": ("data.not_whole", "is not a whole number", "Write a whole number."),
    "int_parsing": ("data.not_whole", "is not a whole number", "Write a whole number."),
    "int_from_float": ("data.not_whole", "is not a whole number", "Write a whole number."),
    "int_parsing_size": ("data.out_of_range", "is too large", "Write a smaller number."),
    "time_delta_type": ("data.not_a_duration", "is not a duration", "Write PT30M for 30 minutes."),
    "time_delta_parsing": (
        "data.not_a_duration",
        "is not a duration",
        "Write PT30M for 30 minutes.",
    ),
}
"""What the validator calls a fault → code, what is said of the value, remedy."""

SAYINGS = {
    "is negative": ("data.negative", "Write 0 or more."),
    "is not above zero": ("data.not_positive", "Write a number above 0, or leave the field out."),
    "is not a number": ("data.not_a_number", "Write a plain number, such as 12.5."),
    "are not numbers": ("data.not_a_number", "Write a plain number, such as 12.5."),
    "is not a finite number": ("data.not_a_number", "Write a plain number, or leave it out."),
    "is not a ratio": ("data.out_of_range", "Write 0.95 for 95 %."),
    "is not a loss": ("data.out_of_range", "Write 0.05 for 5 %."),
    "is out of range": ("data.out_of_range", "Check the number, or the year."),
    "has no time zone": ("data.naive_timestamp", "Add an offset, such as +01:00."),
    "is not a time of day": ("data.not_a_time", "Write HH:MM, up to 24:00."),
    "has no time of day": ("data.not_a_time", "Write the time too: 2027-03-01T08:00+01:00."),
    "is neither a day": ("data.not_a_date", "Write 2027-03-01, or 2027-03-01T08:00+01:00."),
}
"""What the model's own types say → code and remedy."""


def parse(
    data: Any, where: Callable[[Location], str] | None = None
) -> tuple[Snapshot | None, Findings]:
    """A snapshot from named lists, or None and all that is wrong with its form.

    Never raises for what the data holds. Whether it makes sense is ``check``'s to say.

    Parameters
    ----------
    where
        Path of a location, for data that was read from somewhere else (sheet and cell). Absent: the
        path of ids.
    """
    findings = Findings()
    if not isinstance(data, dict):
        findings.add(
            "data.wrong_type",
            "snapshot",
            "The snapshot is not a group of named lists.",
            "Write items, machines, demands and so on, each as a list.",
        )
        return None, findings
    try:
        return Snapshot.model_validate(data), findings
    except ValidationError as error:
        findings.extend(_findings(data, error, where))
    except RecursionError:
        findings.add(
            "data.too_deep",
            "snapshot",
            "The snapshot is nested too deep to be a plant's data.",
            "Write plain lists of fields.",
        )
    return None, findings


def snapshot_schema() -> dict[str, Any]:
    """JSON Schema of the snapshot, as kept in ``docs/reference/snapshot.schema.json``."""
    schema = Snapshot.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def _findings(
    data: dict[str, Any], error: ValidationError, where: Callable[[Location], str] | None
) -> Iterable[Finding]:
    for fault in error.errors(include_url=False):
        yield _finding(data, fault, where)


def _finding(data: dict[str, Any], fault: Any, where: Callable[[Location], str] | None) -> Finding:
    location = [part for part in fault["loc"] if not str(part).startswith("function-")]
    parts = _parts(data, location)
    path = where(location) if where else "/".join(parts) or "snapshot"
    owner, field = _owner(parts[:-1]), _field(location)
    if location == ["truedate"]:
        return Finding(
            "data.version",
            path,
            f"The snapshot is of version {shown(fault['input'])}; version {VERSION} is read here.",
            f"Write it as version {VERSION}, or use the release that wrote it.",
        )
    code, saying, remedy = _words(fault)
    kind = fault["type"]
    if kind == "missing":
        return Finding(code, path, f"{owner} has no {field}.", remedy)
    if kind == "extra_forbidden":
        near = get_close_matches(str(location[-1]), _fields_at(location[:-1]), 1)
        remedy = f"Did you mean {near[0]}?" if near else remedy
        return Finding(code, path, f"{owner}: {field} {saying}.", remedy)
    value = "" if kind == "value_error" else f"{shown(fault['input'])} "
    return Finding(code, path, f"{owner}: {field} {value}{saying}.", remedy)


def _words(fault: Any) -> tuple[str, str, str]:
    """Code, what is wrong, remedy."""
    kind = fault["type"]
    if kind in FAULTS:
        return FAULTS[kind]
    if kind == "enum" or kind == "literal_error":
        allowed = str(fault["ctx"]["expected"]).replace("'", "")
        return "data.not_a_choice", "is none of the choices", f"Write {allowed}."
    if kind == "value_error":
        saying = str(fault["ctx"]["error"])
        for words, (code, remedy) in SAYINGS.items():
            if words in saying:
                return code, re.sub(r" \([^)]*\)", "", saying), remedy
        if "digits" in saying:
            return "data.not_a_number", "is a number of thousands of digits", "Check the number."
        return "data.wrong_value", saying[:200], "Correct the value."
    return "data.wrong_value", "cannot be read", "Correct the value."


def path_of(data: Any, location: Location) -> str:
    """``items/BIKE-26/unit``: a location with ids in the place of numbers.

    Elements without an id are named by item (and plant), or by what else tells them apart, else by
    their number from 0.
    """
    return "/".join(_parts(data, location)) or "snapshot"


def _parts(data: Any, location: Location) -> list[str]:
    parts: list[str] = []
    for key in location:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            data = None
        name = _name(data) if isinstance(key, int) else None
        parts.append(str(key) if name is None else name)
    return parts


def _name(row: Any) -> str | None:
    """What an element of a list is called."""
    if not isinstance(row, dict):
        return None
    for key in ("id", "step", "machine", "pool", "tool", "skill"):
        if isinstance(row.get(key), str) and row[key]:
            return str(row[key])
    item, plant = row.get("item"), row.get("plant")
    if isinstance(item, str) and item:
        return f"{item}@{plant}" if isinstance(plant, str) and plant else item
    return None


def _owner(parts: Sequence[str]) -> str:
    """What a field belongs to, in words: ``item BIKE-26``."""
    if not parts:
        return "The snapshot"
    word = LISTS.get(parts[0], parts[0]).replace("_", " ")
    return " ".join([word, *(part.replace("_", " ") for part in parts[1:])])


def _field(location: Location) -> str:
    """The name of a field, with its number where it is one of a list."""
    name = str(location[-1]).replace("_", " ") if location else "value"
    if location and isinstance(location[-1], int):
        before = next((p for p in reversed(location) if isinstance(p, str)), "value")
        return f"number {location[-1] + 1} of {str(before).replace('_', ' ')}"
    return name


def shown(value: Any) -> str:
    """A value as it was written, short."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list | tuple):
        return "[…]"
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "…"


@cache
def _models() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Names of the fields of every part, by the names of the lists that lead to it."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    front: list[tuple[tuple[str, ...], type[BaseModel]]] = [((), Snapshot)]
    while front:
        path, model = front.pop()
        found[path] = tuple(model.model_fields)
        for name, field in model.model_fields.items():
            front += [((*path, name), inner) for inner in _inside(field.annotation)]
    return found


def _inside(annotation: Any) -> list[type[BaseModel]]:
    """Models that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    inner = getattr(annotation, "__args__", ())
    return [model for part in inner for model in _inside(part)]


def _fields_at(location: Location) -> tuple[str, ...]:
    """Fields that are known where something stands."""
    return _models().get(tuple(p for p in location if isinstance(p, str)), ())
