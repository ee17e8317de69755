"""Exit codes, the same for every command, and what becomes of an error on its way to the shell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import IntEnum
from typing import ParamSpec

import typer

Arguments = ParamSpec("Arguments")


class Code(IntEnum):
    """What a command ends with; documented in ``docs/reference/commands.md``."""

    FINE = 0
    NO = 1
    """The question was understood and the answer is no."""
    BAD_INPUT = 2
    NO_PLAN = 3
    """Time ran out without any plan."""
    CANCELLED = 130


HELP = (
    "Exit codes: 0 fine · 1 the answer is no (no date, breaches found) · 2 bad input (see the"
    " findings) · 3 time ran out without a plan · 130 cancelled."
)


def answered(command: Callable[Arguments, Code]) -> Callable[Arguments, None]:
    """A command that ends with a code instead of a traceback, whatever the file held."""

    @functools.wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        from scheduler.findings import PlanningError
        from truedate.cli.answers import Answers

        answers = Answers(as_json=bool(kwargs.get("as_json")))
        try:
            code = command(*args, **kwargs)
        except PlanningError as error:
            answers.findings(error.findings, status="bad_input")
            code = Code.BAD_INPUT
        except OSError as error:
            answers.refusal(_about_file(error))
            code = Code.BAD_INPUT
        except KeyboardInterrupt:
            answers.refusal("Cancelled.", status="cancelled")
            code = Code.CANCELLED
        raise typer.Exit(code)

    return run


def _about_file(error: OSError) -> str:
    what = (error.strerror or str(error)).lower()
    return f"{error.filename}: {what}." if error.filename else f"{what.capitalize()}."
