"""Right derivations are right in every line; their mutants are found, at the line that was changed, with the slip named."""

from __future__ import annotations

import os
from functools import cache
from itertools import islice

import pytest
from checking_corpus import DERIVATIONS, Document, documents
from checking_mutants import Mutant, mutants

from derivations.check.checking import check
from derivations.check.compare import compare_here
from derivations.check.problems import problem

STEP = 1 if os.environ.get("DERIVATIONS_ALL_MUTANTS") else 109
"""Every how many mutants one is judged: all of them take five minutes of one processor."""
DOCUMENTS = list(documents())


@cache
def becomes_wrong(name: str, before: str, after: str) -> bool:
    """Whether the changed row says something else, by `compare`, which shares no code with the judge."""
    left, right = (f"q {row.strip()}" if row.strip().startswith("=") else row for row in (before, after))
    return compare_here(left, right, notation=problem(name).notation).evidence == "refuted"


def sample() -> list[Mutant]:
    return list(islice(mutants(lambda d, before, after: becomes_wrong(d.problem, before, after)), 7, None, STEP))


def test_the_corpus_is_large_enough() -> None:
    assert len(DOCUMENTS) >= 60
    assert len(DERIVATIONS) >= 10
    assert {document.format for document in DOCUMENTS} == {"markdown", "latex"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_line_of_a_right_derivation_is_right(document: Document) -> None:
    report = check(document.text, problem=document.problem, format=document.format)
    assert {line.verdict for line in report.lines} == {"right"}
    assert len(report.lines) == sum(len(rows) for _, rows in document.paragraphs)


@pytest.mark.long
def test_mutants_are_found_where_they_are_and_named() -> None:
    found = named = early = 0
    chosen = sample()
    for mutant in chosen:
        first = check(mutant.text, problem=mutant.document.problem, format=mutant.document.format).first_wrong
        at_line = first is not None and first.line == mutant.line
        early += first is not None and first.line < mutant.line
        found += at_line
        kind = first.diagnosis["kind"] if at_line and first is not None and first.diagnosis is not None else None
        named += kind in (mutant.kind, "known slip")
    print(f"{len(chosen)} mutants, {found} found, {named} named, {early} false alarms")
    assert early == 0
    assert found >= 0.99 * len(chosen) - 0.5
    assert named >= 0.9 * len(chosen) - 1


@pytest.mark.long
def test_there_are_two_thousand_mutants() -> None:
    everything = mutants(lambda document, before, after: True)
    assert sum(1 for _ in everything) >= 2000
