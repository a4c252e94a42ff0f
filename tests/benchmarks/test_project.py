"""Start-up, derivation and build, each against a yardstick measured in the same run."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from derivations.subjects.catalogue import catalogue


def _seconds(statement: str, repetitions: int = 5) -> float:
    best = float("inf")
    for _ in range(repetitions):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)
        best = min(best, time.perf_counter() - start)
    return best


def test_import_derivations_against_import_sympy(benchmark) -> None:  # type: ignore[no-untyped-def]
    ours = benchmark.pedantic(_seconds, args=("import derivations",), rounds=1)
    sympy = _seconds("import sympy")
    benchmark.extra_info["ratio to import sympy"] = ours / sympy
    assert ours <= 1.3 * sympy


@pytest.mark.parametrize("name", [n for n in catalogue() if n.startswith("gaussian-naive-bayes")])
def test_each_derivation_from_a_cold_start_takes_under_a_second(benchmark, name: str) -> None:  # type: ignore[no-untyped-def]
    code = (
        "import sympy, numeric, derivations.core.rules, derivations.subjects.catalogue as c, time; start = time.perf_counter();"
        f"c.derive({name!r}); print(time.perf_counter() - start)"
    )

    def cold() -> float:
        return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)

    seconds = benchmark.pedantic(cold, rounds=1)
    benchmark.extra_info["seconds"] = seconds
    assert seconds < 1


def test_build_takes_under_a_minute(benchmark, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    command = [sys.executable, "-m", "derivations", "build", "-o", str(tmp_path / "book")]
    benchmark.pedantic(lambda: subprocess.run(command, check=True, capture_output=True), rounds=1)
    benchmark.extra_info["seconds"] = benchmark.stats.stats.max
    assert benchmark.stats.stats.max < 60
