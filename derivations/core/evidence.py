"""The four words for evidence, and what stands behind each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from derivations.core.statements import Condition


class Word(StrEnum):
    """How sure a claim is. The order of definition is from strongest to weakest."""

    PROVED = "proved"
    AGREES = "agrees"
    UNDECIDED = "undecided"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Evidence:
    """One of the four words with its backing.

    `proved`: `reason` names the normal form or the kernel rule, `conditions` what it rests on. `agrees`: `instances`
    random instances of sizes up to `largest_size` drawn with `seed`. `refuted`: `counterexample` separates the sides.
    `undecided`: `reason` says what was tried.
    """

    word: Word
    reason: str
    conditions: tuple[Condition, ...] = ()
    instances: int = 0
    seed: int | None = None
    counterexample: Any = field(default=None, compare=False)

    def __str__(self) -> str:
        return str(self.word)


def weakest(words: Iterable[Word]) -> Word:
    """A derivation is as strong as its weakest step.

    >>> weakest([Word.PROVED, Word.AGREES]).value
    'agrees'
    """
    order = list(Word)
    return max(words, key=order.index, default=Word.PROVED)
