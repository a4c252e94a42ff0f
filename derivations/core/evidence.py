"""The four words for evidence, and what stands behind each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from derivations.core.statements import Condition, InRange, Positive


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

    @property
    def is_outright(self) -> bool:
        """Whether it is a proof that rests on no condition."""
        return self.word is Word.PROVED and not self.conditions

    def __str__(self) -> str:
        return f"{self.word} where {', '.join(map(in_words, self.conditions))}" if self.conditions else str(self.word)


def in_words(condition: Condition) -> str:
    """A condition as it is read.

    >>> from sympy.abc import k, K
    >>> in_words(InRange(k, 1, K)), in_words(Positive(K - k))
    ('1 ≤ k ≤ K', 'K - k > 0')
    """
    if isinstance(condition, InRange):
        return f"{condition.lower} ≤ {condition.index} ≤ {condition.upper}"
    return f"{condition.expression} {'> 0' if isinstance(condition, Positive) else '≠ 0'}"


def weakest(words: Iterable[Word]) -> Word:
    """A derivation is as strong as its weakest step.

    >>> weakest([Word.PROVED, Word.AGREES]).value
    'agrees'
    """
    order = list(Word)
    return max(words, key=order.index, default=Word.PROVED)
