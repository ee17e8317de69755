"""Compiled kernels are found again by another clone, and never after a source has changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from truedate import kernel_cache
from truedate.kernel_cache import content_key, kernel_sources, use_kernel_cache

CALLER = """
from numba import njit
from plant.callee import rate

@njit(cache=True)
def work(units):
    return units * rate()
"""
CALLEE = """
from numba import njit
from plant.constants import MINUTES

@njit(cache=True)
def rate():
    return MINUTES
"""
RUN = """
import sys
from pathlib import Path
from truedate.kernel_cache import _install
_install(Path("plant").resolve(), Path(sys.argv[1]))
from plant.caller import work
answer = work(3)
print(answer, sum(work.stats.cache_hits.values()), sum(work.stats.cache_misses.values()))
"""


def clone(folder: Path) -> Path:
    """A package with one kernel that calls another, which reads a constant of a third file."""
    package = folder / "plant"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "caller.py").write_text(CALLER)
    (package / "callee.py").write_text(CALLEE)
    (package / "constants.py").write_text("MINUTES = 7\n")
    (package / "report.py").write_text("TITLE = 'Numba is not imported here'\n")
    return package


def run(package: Path, kernels: Path) -> list[int]:
    """Answer, cache hits and cache misses of the kernel in a process of its own."""
    here = str(package.parent)
    root = str(Path(kernel_cache.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(kernels)],
        cwd=here,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, root])},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(word) for word in done.stdout.split()]


@pytest.mark.slow
def test_a_second_clone_need_not_compile_and_a_changed_constant_is_seen(tmp_path: Path) -> None:
    first, second = clone(tmp_path / "first"), clone(tmp_path / "second")
    kernels = tmp_path / "kernels"

    assert run(first, kernels) == [21, 0, 1]
    assert run(second, kernels) == [21, 1, 0]
    assert not list(tmp_path.rglob("__pycache__/*.nbi")), "numba cached in its own way as well"

    (second / "constants.py").write_text("MINUTES = 8\n")
    assert run(second, kernels) == [24, 0, 1]


@pytest.mark.parametrize("changed", ["caller.py", "callee.py", "constants.py"])
def test_the_key_changes_with_every_file_a_kernel_depends_on(tmp_path: Path, changed: str) -> None:
    package = clone(tmp_path)
    before = content_key(package)
    (package / changed).write_text((package / changed).read_text() + "\n")
    assert content_key(package) != before


def test_the_key_changes_with_a_switch_that_changes_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = clone(tmp_path)
    before = content_key(package)
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    assert content_key(package) != before


def test_the_key_depends_neither_on_the_clones_place_nor_on_file_times(tmp_path: Path) -> None:
    first, second = clone(tmp_path / "first"), clone(tmp_path / "deep" / "second")
    os.utime(second / "caller.py", (0, 0))
    assert content_key(first) == content_key(second)


def test_files_no_kernel_depends_on_are_left_out(tmp_path: Path) -> None:
    names = [file.name for file in kernel_sources(clone(tmp_path))]
    assert names == ["callee.py", "caller.py", "constants.py"]


def test_a_sixth_folder_removes_the_one_used_longest_ago(tmp_path: Path) -> None:
    for age in range(6):
        folder = tmp_path / f"used-{age}-hours-ago"
        folder.mkdir()
        os.utime(folder, (10**9 - 3600 * age, 10**9 - 3600 * age))
    kernel_cache._remove_oldest(tmp_path)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == [
        f"used-{age}-hours-ago" for age in range(5)
    ]


def test_setting_it_up_twice_gives_the_same_folder() -> None:
    assert use_kernel_cache() == use_kernel_cache()


def test_a_folder_that_cannot_be_made_leaves_numba_its_own_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba.core.caching import CacheImpl

    (tmp_path / "a-file").touch()
    monkeypatch.setenv("TRUEDATE_CACHE", str(tmp_path / "a-file"))
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    assert use_kernel_cache() is None
    assert CacheImpl._locator_classes == []


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({"TRUEDATE_CACHE": "/chosen"}, "/chosen/kernels"),
        ({"XDG_CACHE_HOME": "/user"}, "/user/truedate/kernels"),
        ({"HOME": "/home/planner"}, "/home/planner/.cache/truedate/kernels"),
    ],
)
def test_the_folder_is_the_chosen_one_or_the_users(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], folder: str
) -> None:
    for name in ("TRUEDATE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert kernel_cache._kernels_folder() == Path(folder)
