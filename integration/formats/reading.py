"""What reading a file gives, and how data that was read becomes a snapshot.

Fed by every format; read by callers. Nothing here knows a format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from integration.formats.limits import LIMITS, RefusedError
from scheduler.factory import Snapshot
from scheduler.findings import Finding, Findings

Location = Sequence[str | int]


class Format(StrEnum):
    """Formats that are read."""

    JSON = "json"
    YAML = "yaml"
    WORKBOOK = "workbook"
    CSV = "csv"
    """A folder, or a ZIP archive, of CSV files."""
    FREPPLE_JSON = "frepple_json"
    FREPPLE_WORKBOOK = "frepple_workbook"
    CONTOSO = "contoso"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Read:
    """A snapshot, or none when an error was found, and everything there is to say about the file."""

    snapshot: Snapshot | None
    findings: Findings = field(default_factory=Findings)


def refused(name: str, error: RefusedError) -> Read:
    """The answer for a file that was not read at all."""
    findings = Findings()
    findings.add(error.code, name, error.message, error.remedy)
    return Read(None, findings)


def snapshot_of(
    data: dict[str, Any], findings: Findings, where: Callable[[Location], str] | None = None
) -> Read:
    """Validate ``data``; every fault becomes a finding at ``where(location)``."""
    where = where or (lambda location: path_in(data, location))
    snapshot: Snapshot | None = None
    try:
        snapshot = Snapshot.model_validate(data)
    except ValidationError as error:
        findings.extend(_finding(fault, where) for fault in error.errors(include_url=False))
    if findings.errors:
        snapshot = None
    return Read(snapshot, Findings(list(summarised(findings))))


def path_in(data: Any, location: Location) -> str:
    """``demands/SO-1/quantity``: a location with ids in the place of numbers."""
    parts: list[str] = []
    for key in location:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            data = None
        ident = data.get("id") if isinstance(data, dict) and isinstance(key, int) else None
        parts.append(str(key if ident is None else ident))
    return "/".join(parts) or "file"


def summarised(findings: Iterable[Finding]) -> list[Finding]:
    """The first of each code one by one, the rest of it counted in one finding."""
    kept: list[Finding] = []
    count: Counter[str] = Counter()
    last: dict[str, Finding] = {}
    for finding in findings:
        count[finding.code] += 1
        last[finding.code] = finding
        if count[finding.code] <= LIMITS.alike:
            kept.append(finding)
    for code, number in count.items():
        if number > LIMITS.alike:
            more = number - LIMITS.alike
            kept.append(
                Finding(
                    code,
                    last[code].path.split("!")[0],
                    f"{more:,} more findings of this kind are not listed.",
                    "Correct those listed first; they often have one cause.",
                    last[code].severity,
                )
            )
    return kept


_WORDS = {
    "string_type": ("format.bad_value", "is not text", "Write it in quotes."),
    "tuple_type": ("format.bad_value", "is not a list", "Write a list."),
    "dict_type": ("format.bad_value", "is not a group of fields", "Write its fields by name."),
    "model_type": ("format.bad_value", "is not a group of fields", "Write its fields by name."),
    "bool_type": ("format.bad_value", "is neither true nor false", "Write true or false."),
    "bool_parsing": ("format.bad_value", "is neither true nor false", "Write true or false."),
    "int_parsing": ("format.bad_value", "is not a whole number", "Write a whole number."),
    "int_type": ("format.bad_value", "is not a whole number", "Write a whole number."),
    "int_from_float": ("format.bad_value", "is not a whole number", "Write a whole number."),
    "time_delta_parsing": ("format.bad_value", "is not a duration", "Write PT30M for 30 minutes."),
    "time_delta_type": ("format.bad_value", "is not a duration", "Write PT30M for 30 minutes."),
    "missing": ("format.missing", "is missing", "Give a value."),
    "extra_forbidden": (
        "format.unknown_field",
        "is not a field that is known",
        "Correct its name, or remove it.",
    ),
    "string_too_short": ("format.empty", "is empty", "Give a value."),
    "string_too_long": ("format.too_long", "is longer than 200 characters", "Shorten it."),
}


_ADVICE = {
    "is negative": "Write 0 or more.",
    "is not above zero": "Write a number above 0, or leave it out.",
    "is not a number": "Write a plain number.",
    "is not a finite number": "Write a plain number, or leave it out.",
}


def _finding(fault: Any, where: Callable[[Location], str]) -> Finding:
    location: Location = [part for part in fault["loc"] if not str(part).startswith("function-")]
    name = next((str(part) for part in reversed(location) if isinstance(part, str)), "value")
    path = where(location)
    if list(location) == ["truedate"]:
        return Finding(
            "format.version",
            path,
            "The file is not of version 1 of this format.",
            'Write truedate: "1" at its top, or convert it with the version it was written by.',
        )
    if fault["type"] in _WORDS:
        code, text, remedy = _WORDS[fault["type"]]
        return Finding(code, path, f"{name} {text}.", remedy)
    if fault["type"] == "enum":
        expected = str(fault["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        message = f"{name}: {fault['input']!r} is not known here."
        return Finding("format.bad_value", path, message, f"Write one of: {expected}.")
    cause = fault.get("ctx", {}).get("error")
    text = str(cause) if cause else fault["msg"].removeprefix("Value error, ")
    remedy = next(
        (advice for end, advice in _ADVICE.items() if text.endswith(end)), "Correct the value."
    )
    return Finding("format.bad_value", path, f"{name}: {text}.", remedy)
