"""The front door of Truedate: ``import truedate as td``.

The public names are listed here and loaded when they are first used, so that the import itself
takes milliseconds and brings no solver with it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.factory import Snapshot
    from scheduler.findings import Finding, PlanningError
    from scheduler.policy import Policy
    from scheduler.quoting import quote
    from scheduler.schedule import Schedule
    from scheduler.solve import plan
    from scheduler.validate import validate
    from truedate.api import read

__part_of__ = "truedate"

__all__ = [
    "Finding",
    "ForeignPackageError",
    "PlanningError",
    "Policy",
    "Schedule",
    "Snapshot",
    "plan",
    "quote",
    "read",
    "validate",
]

_HOMES = {
    "Finding": "scheduler.findings",
    "PlanningError": "scheduler.findings",
    "Policy": "scheduler.policy",
    "Schedule": "scheduler.schedule",
    "Snapshot": "scheduler.factory",
    "plan": "scheduler.solve",
    "quote": "scheduler.quoting",
    "read": "truedate.api",
    "validate": "scheduler.validate",
}
_PACKAGES = ("scheduler", "scenarios", "atp", "integration")
# Compiled kernels look for their cache when their module is imported, so it is set up before.
_BRINGS_KERNELS = frozenset({"scheduler.solve", "scheduler.quoting"})


class ForeignPackageError(ImportError):
    """Another project's package stands where one of Truedate's should."""

    def __init__(self, name: str, found_at: str) -> None:
        super().__init__(
            f"Truedate needs its own package '{name}', but Python found another project's at "
            f"{found_at}. Install Truedate in an environment of its own (python -m venv), or "
            f"remove or rename the other '{name}'.",
            name=name,
            path=found_at,
        )


def _refuse_foreign_packages() -> None:
    for name in _PACKAGES:
        package = import_module(name)
        if getattr(package, "__part_of__", None) != __part_of__:
            # A folder without __init__.py has no file, only places.
            places = package.__file__ or ", ".join(package.__path__)
            raise ForeignPackageError(name, places)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'truedate' has no attribute '{name}'")
    _refuse_foreign_packages()
    if home in _BRINGS_KERNELS:
        import_module("truedate.kernel_cache").use_kernel_cache()
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
