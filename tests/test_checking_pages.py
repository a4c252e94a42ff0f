"""What the project writes is right by its own checker: pages of derivations are read back and judged with their problem."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from derivations.check.checking import check
from derivations.render import RENDERERS
from derivations.subjects.catalogue import catalogue, derive

STEP = 1 if os.environ.get("DERIVATIONS_ALL_PAGES") else 12
"""Every how many derivations one is read back: all of them take some minutes."""
FORMATS = ("markdown", "latex")
SUSPECT = ("gaussian-naive-bayes-per-class/mle-variance", "information/kl-gaussians", "categorical/mle")
"""Pages in which right lines were once called wrong."""
NAMES = sorted({*list(catalogue())[::STEP], *SUSPECT})


@pytest.mark.long
@pytest.mark.parametrize("form", FORMATS)
def test_no_line_of_a_page_is_called_wrong(form: str) -> None:
    counts: Counter[str] = Counter()
    blamed = []
    for name in NAMES:
        report = check(RENDERERS[form](derive(name)), problem=name, format=form)
        counts.update(line.verdict for line in report.lines)
        blamed += [(name, line.line, line.source) for line in report.lines if line.verdict in ("wrong", "follows-from-error")]
    told = sum(count for verdict, count in counts.items() if verdict != "not-mathematics")
    print(f"{form}: {told} claims, {', '.join(f'{count} {verdict}' for verdict, count in counts.most_common())}")
    assert blamed == []
    assert counts["right"] > 0.6 * told
