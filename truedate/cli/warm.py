"""``truedate warm``: compile the kernels now, so that the first plan need not."""

from __future__ import annotations

from time import perf_counter

from truedate.cli.answers import Answers
from truedate.cli.exits import Code, answered
from truedate.cli.reading import AsJson


@answered
def warm(as_json: AsJson = False) -> Code:
    """Compile what plans and quotes are computed with, and keep it in the user's cache folder."""
    from truedate.kernel_cache import compile_kernels, use_kernel_cache

    begun = perf_counter()
    folder = use_kernel_cache()
    compile_kernels()
    seconds = perf_counter() - begun
    answers = Answers(as_json=as_json)
    answers.result(status="ok", seconds=round(seconds, 1), folder=str(folder) if folder else None)
    answers.say(f"Ready in {seconds:.1f} s; kept in {folder or 'the folder of the package'}.")
    return Code.FINE
