"""``import truedate as td`` is quick, complete and refuses another project's packages."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import truedate
from tests.conftest import ROOT

PACKAGES = ("scheduler", "scenarios", "atp", "integration", "truedate")


def python(code: str, *, path: Path | None = None) -> str:
    """Standard output of a fresh interpreter, with ``path`` searched first."""
    places = [str(place) for place in (path, ROOT) if place]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    return done.stdout.strip()


def test_importing_it_takes_less_than_a_tenth_of_a_second() -> None:
    code = "import time; t = time.process_time(); import truedate; print(time.process_time() - t)"
    assert min(float(python(code)) for _ in range(3)) < 0.1


def test_importing_it_brings_no_heavy_library() -> None:
    heavy = "{'numpy', 'pydantic', 'numba', 'ortools', 'networkx', 'pandas', 'typer', 'rich'}"
    code = f"import sys, truedate; print(sorted({heavy} & set(sys.modules)))"
    assert python(code) == "[]"


def test_the_packages_bring_no_heavy_library_either() -> None:
    heavy = "{'numpy', 'pydantic', 'numba', 'ortools', 'networkx', 'pandas'}"
    code = f"import sys, {', '.join(PACKAGES)}; print(sorted({heavy} & set(sys.modules)))"
    assert python(code) == "[]"


def test_every_public_name_has_a_home_and_every_home_a_public_name() -> None:
    assert set(truedate.__all__) == set(truedate._HOMES) | {"ForeignPackageError"}


def test_no_public_name_is_hidden_by_a_module_of_the_same_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(truedate.__path__)}
    assert not modules & set(truedate.__all__)


@pytest.mark.parametrize("name", truedate.__all__)
def test_every_public_name_loads(name: str) -> None:
    assert getattr(truedate, name) is not None


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'schedule_everything'"):
        truedate.schedule_everything  # noqa: B018  (reading it is the test)


def test_names_that_are_not_loaded_yet_are_listed() -> None:
    assert set(truedate.__all__) <= set(dir(truedate))


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_carries_the_mark_and_says_what_it_is(package: str) -> None:
    module = __import__(package)
    assert module.__part_of__ == "truedate"
    assert module.__doc__
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("empty_folder", [True, False])
def test_a_foreign_scheduler_is_refused_by_name_and_remedy(
    tmp_path: Path, empty_folder: bool
) -> None:
    (tmp_path / "scheduler").mkdir()
    if not empty_folder:
        (tmp_path / "scheduler" / "__init__.py").write_text("__version__ = '4.2'")
    (tmp_path / "shadow.py").write_text(
        # An empty folder is only found when nothing else is, so Truedate's own is put away.
        f"import sys, truedate\nsys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}]\n"
    )
    code = (
        "import shadow, truedate\n"
        "try:\n    truedate.plan\n"
        "except truedate.ForeignPackageError as error:\n    print(error)"
    )
    said = python(code, path=tmp_path)
    assert f"own package 'scheduler', but Python found another project's at {tmp_path}" in said
    assert "environment of its own" in said
