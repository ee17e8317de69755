"""The CP-SAT engine: small plans to proof, windows of large ones, single promises.

The list of functions in ``calendars``, ``machines``, ``setups``, ``batches``, ``resources``,
``arcs`` and ``objective`` is the formulation.
"""

from scheduler.engines.cp_sat.solve import solve_cp_sat
from scheduler.engines.cp_sat.windows import improve_window

__all__ = ["improve_window", "solve_cp_sat"]
