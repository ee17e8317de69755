"""Every code a reader gives is explained."""

import re
from pathlib import Path

from integration import formats
from tests.conftest import ROOT

_CALLED = re.compile(
    r'"((?:format|contoso|demand)\.[a-z_0-9]+|frepple\.[a-z_]+)"'
    r'|not_carried\(\s*"([a-z_]+)"|assumed\(\s*"([a-z_]+)"'
)


def used(text: str) -> set[str]:
    """Codes in quotes, and those that the helpers put their area in front of."""
    return {
        full or (f"frepple.{carried}" if carried else f"contoso.{assumed}")
        for full, carried, assumed in _CALLED.findall(text)
    }


def test_every_code_of_the_readers_is_in_the_reference() -> None:
    folder = Path(formats.__file__).parent
    codes: set[str] = set()
    for file in folder.rglob("*.py"):
        codes |= used(file.read_text(encoding="utf-8"))
    told: set[str] = set()
    for page in [ROOT / "docs" / "reference" / "errors.md"]:
        told |= set(
            re.findall(r"^\| `([a-z_.0-9]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)
        )
    assert codes - told == set()
