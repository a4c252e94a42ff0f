"""Comparing formulas: beside Math-Verify and SymPy's parsers on the same pairs, in one run; time and accuracy in one table.

Run with: python -m pytest tests/benchmarks/test_compare.py --benchmark-only -s
"""

from __future__ import annotations

import signal
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from derivations.check.compare import compare
from derivations.check.reader.parser import parse
from derivations.check.reader.reading import read

sys.path.insert(0, str(Path(__file__).parent.parent))
from check_tables import PAIRS

Judge = Callable[[str, str], bool | None]
"""True for equal, False for different, None for undecided."""

CASES = [(given, right, True) for given, right, _ in PAIRS] + [(given, wrong, False) for given, _, wrong in PAIRS]
SECONDS = 5


class _TooSlow(Exception):
    pass


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def ours(left: str, right: str) -> bool | None:
    return compare(left, right, isolated=False).equal


def math_verify(left: str, right: str) -> bool | None:
    module = pytest.importorskip("math_verify")
    first, second = (module.parse(f"${text}$", parsing_timeout=None) for text in (left, right))
    if not first or not second:
        return None
    return bool(module.verify(first, second, timeout_seconds=None))


def sympy_with(backend: str) -> Judge:
    def judge(left: str, right: str) -> bool | None:
        from sympy import simplify
        from sympy.parsing.latex import parse_latex

        first, second = (parse_latex(text, backend=backend) for text in (left, right))
        difference = simplify(first - second)
        return True if difference == 0 else False if difference.is_number else None

    return judge


JUDGES: dict[str, Judge] = {
    "derivations": ours,
    "math-verify": math_verify,
    "sympy antlr": sympy_with("antlr"),
    "sympy lark": sympy_with("lark"),
}


def judged(judge: Judge, left: str, right: str) -> tuple[bool | None, float]:
    started = time.process_time()  # what other programs take is nobody's here
    try:
        with _limited(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdict = judge(left, right)
    except pytest.skip.Exception:
        raise
    except BaseException:  # other people's parsers fail in every way there is
        verdict = None
    return verdict, time.process_time() - started


def test_accuracy_and_time_beside_other_parsers(benchmark):
    cases = CASES[::4]
    results: dict[str, list[tuple[bool | None, float]]] = {}

    def run():
        for name, judge in JUDGES.items():
            judged(judge, "x", "x")
            results[name] = [judged(judge, left, right) for left, right, _ in cases]

    benchmark.pedantic(run, rounds=1)
    print(f"\n{'':14}{'right':>7}{'wrong':>7}{'open':>7}{'median ms':>11}   of {len(cases)} pairs")
    for name, rows in results.items():
        right = sum(verdict is truth for (verdict, _), (_, _, truth) in zip(rows, cases, strict=True))
        wrong = sum(verdict is (not truth) for (verdict, _), (_, _, truth) in zip(rows, cases, strict=True))
        median = statistics.median(seconds for _, seconds in rows) * 1000
        print(f"{name:14}{right:7}{wrong:7}{len(rows) - right - wrong:7}{median:11.2f}")
    mine = results["derivations"]
    assert all(verdict is truth for (verdict, _), (_, _, truth) in zip(mine, cases, strict=True))
    for name in ("math-verify", "sympy antlr", "sympy lark"):
        both = [
            (a[1], b[1])
            for a, b, (_, _, truth) in zip(mine, results[name], cases, strict=True)
            if a[0] is truth and b[0] is truth
        ]
        if both:
            ratio = statistics.median(theirs / own for own, theirs in both)
            print(f"{name}: {ratio:.1f} times the time of derivations on {len(both)} pairs that both decide")
            assert ratio >= 5


def test_a_pair_takes_five_milliseconds(benchmark):
    times: list[float] = []

    def run():
        for left, right, _ in CASES:
            started = time.process_time()  # what other programs take is not ours
            compare(left, right, isolated=False)
            times.append(time.process_time() - started)

    benchmark.pedantic(run, rounds=1, warmup_rounds=1)
    print(f"\nmedian {statistics.median(times) * 1000:.2f} ms of {len(times)} comparisons")
    assert statistics.median(times) < 0.005


LINE = (
    r"\frac{N}{2} \sum_{d=1}^{D} \log(2 \pi \sigma_{d}^{2}) + \sum_{i=1}^{N} \sum_{d=1}^{D} "
    r"\frac{(x_{d}^{(i)} - \mu_{y^{(i)} d})^{2}}{2 \sigma_{d}^{2}} - \sum_{i=1}^{N} \log \alpha_{y^{(i)}} + \lambda"
)


def test_reading_two_hundred_characters_for_the_first_time(benchmark):
    benchmark.pedantic(lambda: read(LINE, notation="naive_bayes"), setup=parse.cache_clear, rounds=200)
    print(f"\n{benchmark.stats.stats.median * 1000:.2f} ms for {len(LINE)} characters that were not read before")


def test_reading_two_hundred_characters_again(benchmark):
    assert 190 <= len(LINE) <= 210
    benchmark(lambda: read(LINE, notation="naive_bayes"))
    assert benchmark.stats.stats.median < 0.001
    print(f"\n{benchmark.stats.stats.median * 1000:.2f} ms for {len(LINE)} characters")


def test_reading_and_building_two_hundred_characters(benchmark):
    benchmark(lambda: read(LINE, notation="naive_bayes").expression)
    print(f"\n{benchmark.stats.stats.median * 1000:.2f} ms with the SymPy expression")
