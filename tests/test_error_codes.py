"""Every code that a finding can carry is listed for its readers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("scheduler", "scenarios", "integration", "truedate")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
LISTED = re.compile(r"^\| `([a-z_]+\.[a-z_]+)`", re.MULTILINE)
SAYING = {"add", "warn", "note", "Finding", "UnmakeableError", "ExplosionError"}


def said_in(source: str) -> set[str]:
    """Codes that stand first among the arguments of a call that makes a finding."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = name or getattr(node.func, "id", "")
        first = [k.value for k in node.keywords if k.arg == "code"] or node.args[:1]
        value = first[0].value if first and isinstance(first[0], ast.Constant) else None
        if name in SAYING and isinstance(value, str) and CODE.fullmatch(value):
            found.add(value)
    return found


def said() -> set[str]:
    files = [f for package in PACKAGES for f in (ROOT / package).rglob("*.py")]
    return set().union(*(said_in(f.read_text(encoding="utf-8")) for f in files))


def listed() -> set[str]:
    return set(LISTED.findall((ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")))


def test_every_code_that_is_said_is_listed() -> None:
    assert said() - listed() == set()


def test_the_search_finds_codes() -> None:
    assert "operation.never_fits" in said()
    assert said_in('findings.add("a.b", "path", "words")') == {"a.b"}
    assert said_in("findings.add(code, path)") == set()
