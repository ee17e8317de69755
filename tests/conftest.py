"""What all tests share: profiles, markers that skip by name, golden files and the kernel cache."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from truedate.kernel_cache import use_kernel_cache

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
GOLDEN = ROOT / "tests" / "golden"

# Before any test module imports a kernel.
use_kernel_cache()

# A first call compiles, so no example has a deadline.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True, database=None)
settings.register_profile("night", max_examples=5000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

_TALKS = ("postgres", "browser", "tryton", "crm", "chaos")


def chromium() -> str | None:
    """Path of the system's browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.hookimpl(tryfirst=True)  # before `-m golden` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    no_shared = pytest.mark.skip(reason="the folder ../shared is not there")
    no_browser = pytest.mark.skip(reason="no chromium on PATH (apt-get install chromium)")
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(no_shared)
        if item.get_closest_marker("browser") and not chromium():
            item.add_marker(no_browser)
        if any(item.get_closest_marker(name) for name in _TALKS):
            item.add_marker(pytest.mark.enable_socket)
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.golden)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with public instances and samples; for tests marked ``shared``."""
    return SHARED


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with ``tests/golden/<name>``; ``make golden`` rewrites it instead."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("TRUEDATE_GOLDEN") == "rewrite":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            return
        assert file.is_file(), f"tests/golden/{name} is missing: run `make golden` and review it"
        assert text == file.read_text(encoding="utf-8"), (
            f"tests/golden/{name} differs: if the change is meant, run `make golden` and review it"
        )

    return compare
