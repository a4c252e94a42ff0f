"""Checking: milliseconds a line on the corpus, growth with the number of lines, two workers against one."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from derivations.check.batch import Task, check_files
from derivations.check.checking import check

sys.path.insert(0, str(Path(__file__).parent.parent))
from checking_corpus import documents

MILLISECONDS_A_LINE = 20.0
BLOCK = "$$(a+b)^2 = a^2 + 2 a b + b^2$$ and $$\\sum_{i=1}^n (x_i - m) = \\sum_{i=1}^n x_i - n m$$\n\n"


def test_a_line_takes_at_most_twenty_milliseconds(benchmark: BenchmarkFixture) -> None:
    corpus = list(documents())
    check(corpus[0].text, problem=corpus[0].problem, format=corpus[0].format)
    lines = seconds = 0.0

    def run() -> None:
        nonlocal lines, seconds
        start = time.process_time()
        lines = sum(len(check(d.text, problem=d.problem, format=d.format).lines) for d in corpus)
        seconds = time.process_time() - start

    benchmark.pedantic(run, rounds=1, iterations=1)
    assert seconds / lines * 1000 <= MILLISECONDS_A_LINE


def test_time_grows_with_the_number_of_lines(benchmark: BenchmarkFixture) -> None:
    def seconds(lines: int) -> float:
        start = time.perf_counter()
        assert len(check(BLOCK * (lines // 2)).lines) == lines
        return time.perf_counter() - start

    seconds(10)
    small = min(seconds(100) for _ in range(2))
    large = benchmark.pedantic(seconds, args=(10_000,), rounds=1, iterations=1)
    assert large / small <= 100 * 1.6


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core")
def test_two_workers_are_nearly_twice_as_fast(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    text = "\n\n".join(d.text for d in documents() if d.format == "markdown" and not d.problem)
    for number in range(6):
        (tmp_path / f"{number}.md").write_text(text + f"\n\nFile {number}.\n", encoding="utf-8")
    tasks = [Task(str(path), "") for path in sorted(tmp_path.glob("*.md"))]

    def seconds(jobs: int) -> float:
        start = time.perf_counter()
        check_files(tasks, jobs=jobs)
        return time.perf_counter() - start

    one = seconds(1)
    two = benchmark.pedantic(seconds, args=(2,), rounds=1, iterations=1)
    assert one / two >= 1.7
