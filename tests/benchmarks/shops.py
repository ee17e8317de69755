"""Small instances of each format, as text."""

from benchmarks.formats import Format

FLEXIBLE = "2 2 2\n2 2 1 3 2 5 1 2 2\n2 1 2 2 2 1 4 2 4\n"
SETUPS = "0 2 3 2\n2 0 3 2\n2 1 0 2\n2 1 3 0\n"
PROJECT = """jobs (incl. supersource/sink ):  4
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  {stocks}   N
  - doubly constrained        :  0   D
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        {modes}          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
------------------------------------------------------------------------
{requests}
************************************************************************
RESOURCEAVAILABILITIES:
{levels}
************************************************************************
"""
ONE_MODE = "  1 1 0 0\n  2 1 3 2\n  3 1 4 2\n  4 1 0 0"
TWO_MODES = "  1 1 0 0 0\n  2 1 3 2 5\n    2 6 1 1\n  3 1 4 2 2\n  4 1 0 0 0"

# Machine 1 is closed from 20 to 30; operation 3 is fixed at 40 on machine 2; operation 1 passes on
# half of it.
PRINTING = """{"resources": [
 {"id": 1, "setup_size": [2, 3], "setup_color": 1, "setup_varnish": 1,
  "availability": [0, 20, 30, 60]},
 {"id": 2, "setup_size": [1, 2], "setup_color": 2, "setup_varnish": 1, "availability": [0, 90]}],
 "jobs": [{"id": 1, "topology": [
 {"id": 1, "starting": -1, "release": 2, "overlap": 0.5, "size": 1, "color": 1, "varnish": 1,
  "resources": [1], "time": [9], "sucessors": [2]},
 {"id": 2, "starting": -1, "release": 0, "overlap": 1.0, "size": 2, "color": 1, "varnish": 1,
  "resources": [1, 2], "time": [12, 10], "sucessors": []}]},
 {"id": 2, "topology": [
 {"id": 3, "starting": 40, "release": 0, "overlap": 1.0, "size": 1, "color": 2, "varnish": 1,
  "resources": [2], "time": [6], "sucessors": []}]}]}"""

DUE = """2 2
Processing times:
3 2
4 2
Routes of jobs:
1 2
2 1
Due dates:
4
5
"""

TEXTS = {
    Format.JSP: "2 2\n0 3 1 2\n1 2 0 4\n",
    Format.FJSP: FLEXIBLE,
    Format.FJSP_SDST: f"{FLEXIBLE}\n{SETUPS}{SETUPS}",
    Format.FJSP_WORKER: "2 2 2 1\n2 1 1 2 1 3 2 4 1 2 1 2 2\n1 2 1 1 2 5 2 1 1 4\n",
    Format.FAJSP: "# a diamond\n4 4 2\n0 1\n0 2\n1 3\n2 3\n1 0 2\n2 0 3 1 4\n1 1 5\n1 0 1\n",
    Format.TARDINESS: DUE,
    Format.RCPSP: PROJECT.format(stocks=0, modes=1, requests=ONE_MODE, levels="  3"),
    Format.MMRCPSP: PROJECT.format(stocks=1, modes=2, requests=TWO_MODES, levels="  3  4"),
    Format.PRINTING: PRINTING,
}
