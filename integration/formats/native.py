"""The native format: a snapshot as JSON or YAML, numbers exact.

Fed by bytes; read by ``formats``. JSON numbers become decimals, never floats; YAML is read by the
rules of JSON (``13:00`` is a time of day and not 780, ``no`` is a word), without anchors, so a
small file stays small.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from integration.formats.limits import LIMITS, RefusedError
from integration.formats.reading import Format, Read, snapshot_of
from scheduler.findings import Findings

if TYPE_CHECKING:
    from scheduler.factory import Snapshot

_TEXT = "Open it in a text editor, correct it there, or export it again."


def decoded(data: bytes) -> str:
    """Text of a file in UTF-8 (or UTF-16 with its mark).

    Raises
    ------
    RefusedError
        When it is neither.
    """
    mark = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if mark else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError(
            "format.not_text", "The file is not text in UTF-8.", "Save it as UTF-8."
        ) from error


def load_json(data: bytes) -> Any:
    """JSON with exact decimals.

    Raises
    ------
    RefusedError
        For anything that is not one JSON value: NaN, a name twice, too deep, cut off.
    """
    try:
        value = json.loads(
            decoded(data),
            parse_float=Decimal,
            parse_constant=_not_finite,
            object_pairs_hook=_once,
        )
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        raise RefusedError(
            "format.not_json",
            f"The file is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            _TEXT,
        ) from error
    except ValueError as error:
        raise RefusedError(
            "format.bad_number", "The file holds a number that is too long.", _TEXT
        ) from error
    return value


def _not_finite(text: str) -> Any:
    raise RefusedError(
        "format.not_finite",
        f"The file holds {text}, which is not a number.",
        "Write a number, or leave the field out.",
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedError(
            "format.name_twice", f"The name {twice!r} stands twice in one object.", "Remove one."
        )
    return result


def _too_deep() -> RefusedError:
    return RefusedError(
        "format.too_deep", "The file is nested too deep to be a plant's data.", _TEXT
    )


class _Loader(yaml.CSafeLoader):
    """YAML by the rules of JSON."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 (pyyaml looks it up on the class)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        return _once(
            [
                (str(self.construct_object(k)), self.construct_object(v, deep=True))
                for k, v in node.value
            ]
        )


def _add_rule(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(tag, re.compile(pattern), list(first))


_add_rule("tag:yaml.org,2002:null", r"(?:null|Null|NULL|~|)\Z", "nN~\0")
_add_rule("tag:yaml.org,2002:bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF")
_add_rule("tag:yaml.org,2002:int", r"-?(?:0|[1-9]\d{0,30})\Z", "-0123456789")
_add_rule(
    "tag:yaml.org,2002:float", r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,4})?\Z", "-0123456789"
)
_Loader.yaml_implicit_resolvers[""] = [("tag:yaml.org,2002:null", re.compile(r"\Z"))]
_Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


def load_yaml(data: bytes) -> Any:
    """YAML by the rules of JSON.

    Raises
    ------
    RefusedError
        For anchors, tags of programs, too many or too deep values, and what is not YAML.
    """
    text = decoded(data)
    try:
        _check_events(text)
        # A subclass of the safe loader: it makes plain values only.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except RecursionError as error:
        raise _too_deep() from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise RefusedError(
            "format.not_yaml", f"The file is not YAML: {problem}{at}.", _TEXT
        ) from error


def _check_events(text: str) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if anchor := getattr(event, "anchor", None):
            raise RefusedError(
                "format.yaml_anchor",
                f"The file uses the anchor {anchor!r}; anchors are not read.",
                "Write the value out.",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > LIMITS.depth:
            raise _too_deep()
        if nodes > LIMITS.nodes:
            raise RefusedError(
                "format.too_large", "The file holds too many values.", "Write it as JSON."
            )


def read_native(data: Any) -> Read:
    """A snapshot from what JSON or YAML gave."""
    return snapshot_of(data, Findings())


def write_native(snapshot: Snapshot, form: Format = Format.JSON) -> bytes:
    """The snapshot as JSON (default) or YAML; reading it back gives an equal one."""
    data = snapshot.model_dump(mode="json", exclude_defaults=True) | {"truedate": snapshot.truedate}
    if form is Format.YAML:
        text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
        return text.encode()
    if form is not Format.JSON:
        raise ValueError(f"{form} is not a native form: JSON or YAML")
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


class _Dumper(yaml.CSafeDumper):
    """No anchors; quotes whatever YAML 1.1 or our own rules would not read as text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _first, _rules in _Loader.yaml_implicit_resolvers.items():
    for _tag, _pattern in _rules:
        _Dumper.add_implicit_resolver(_tag, _pattern, [_first])
