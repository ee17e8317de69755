"""Plain Python and the kernel date a sequence the same."""

import numpy as np
import pytest

from benchmarks.formats import Format
from benchmarks.pure import decode_in_python
from benchmarks.readers import READERS, read
from benchmarks.to_problem import problem_of
from scheduler.problem import Problem
from scheduler.timing import decode
from tests.benchmarks.shops import TEXTS
from tests.conftest import SHARED


def same_dates(problem: Problem) -> bool:
    first = decode(problem, np.arange(problem.size))
    return bool(decode_in_python(problem, first) == first.end.tolist())


@pytest.mark.parametrize("kind", [Format.JSP, Format.FJSP, Format.FJSP_SDST, Format.FAJSP])
def test_plain_python_dates_a_small_shop_as_the_kernel_does(kind: Format) -> None:
    assert same_dates(problem_of(READERS[kind]("small", TEXTS[kind])).problem)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["jsp/la/la16.txt", "fjsp/mk/mk08.fjs", "fjsp-sdst/fattahi/Fattahi_setup_20.fjs"]
)
def test_plain_python_dates_a_public_shop_as_the_kernel_does(name: str) -> None:
    assert same_dates(problem_of(read(SHARED / "data" / "benchmarks" / name)).problem)
