"""Which letters of a matrix formula are numbers, vectors or matrices: all ways that fit, fewest numbers first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from derivations.check.comparing.matrices.shapes import (
    MATRIX_HEADS,
    NOTHING,
    Key,
    Shapes,
    ShapesDoNotFit,
    is_constant,
    is_zero,
    key_of,
    shape_of,
)
from derivations.check.reader.declared import Symbols
from derivations.check.reader.inference import symbol_of
from derivations.check.reader.terms import Term

MOST_OPEN = 9
"""Letters whose rank is open; with more, those that come last in the alphabet are left as they are first guessed."""


def shaped(
    left: Term, right: Term, symbols: Symbols, bold: frozenset[str], layout: str = "column", known: Mapping[str, int] = NOTHING
) -> tuple[list[Shapes], list[Shapes]]:
    """All ways to take the letters with the fewest numbers among them: those whose sides have one shape, and those whose sides
    have not. layout: gradients as columns or rows. known: ranks that are settled (0 number, 1 vector, 2 matrix).

    Raises: ShapesDoNotFit when there is no way at all, NoMatrixMeaning.
    """
    fitting: list[Shapes] = []
    apart: list[Shapes] = []
    failure: ShapesDoNotFit | None = None
    numbers = -1
    for ranks in _rankings(left, right, symbols, bold, known):
        demoted = sum(rank == 0 for rank in ranks.values())
        if fitting and demoted > numbers:
            break
        shapes = Shapes(ranks, layout=layout)
        try:
            first, second = shape_of(left, shapes), shape_of(right, shapes)
            shapes.settle()
        except ShapesDoNotFit as found:
            failure = failure or found
            continue
        try:
            trial = Shapes(ranks, dict(shapes.parents), dict(shapes.letters), shapes.cells, shapes.products, shapes.sums)
            trial.ones = shapes.ones
            trial.fresh, trial.layout = shapes.fresh, layout
            if not (is_zero(left) or is_zero(right)):
                trial.same(first, second, "the two sides")
            trial.settle()
        except ShapesDoNotFit:
            if not apart:
                apart.append(shapes)
            continue
        fitting.append(trial)
        numbers = demoted
    if not fitting and not apart:
        assert failure is not None
        raise failure
    return fitting, apart


def _rankings(
    left: Term, right: Term, symbols: Symbols, bold: frozenset[str], known: Mapping[str, int]
) -> Iterator[dict[Key, int]]:
    """Ranks for all letters, fewest numbers first."""
    bold = frozenset(name for name in bold if not name.startswith(("bf_", "bb_")))
    letters = {key_of(p): p for side in (left, right) for p in side.walk() if p.head == "letter" and not is_constant(p)}
    bound = {str(part.data) for side in (left, right) for part in side.walk() if part.head in ("sum", "product")}
    evident = _evident(left, right)
    options = {
        key: (0,)
        if key[1] == 0 and key[0] in bound
        else (known[key[0]],)
        if key[1] == 0 and key[0] in known
        else _options(key, symbols, bold, evident, frozenset(letters))
        for key in letters
    }
    open_keys = [key for key in sorted(options) if len(options[key]) > 1][:MOST_OPEN]
    fixed = {key: found[0] for key, found in options.items()}
    choices = sorted(
        itertools.product(*(range(len(options[key])) for key in open_keys)),
        key=lambda places: sum(options[key][place] == 0 for key, place in zip(open_keys, places, strict=True)),
    )
    for places in choices:
        yield fixed | {key: options[key][place] for key, place in zip(open_keys, places, strict=True)}


def _evident(left: Term, right: Term) -> frozenset[Key]:
    """Letters that are transposed, traced, normed or the like: no numbers."""
    found: set[Key] = set()
    for side in (left, right):
        for part in side.walk():
            if part.head in MATRIX_HEADS and part.head != "matrix":
                found |= {key_of(argument) for argument in part.args if argument.head == "letter"}
    return frozenset(found)


def _options(
    key: Key, symbols: Symbols, bold: frozenset[str], evident: frozenset[Key], letters: frozenset[Key]
) -> tuple[int, ...]:
    """The ranks that a letter may have, the likeliest first: 2 for a matrix, 1 for a vector, 0 for a number."""
    name, arity = key
    small = name.split("_")[0][:1].islower() and name not in _CAPITALS
    declared = symbol_of(symbols.notation, key) or symbols.notation.symbol(name)
    if declared is not None:
        axes = len(declared.axes) - arity
        return (axes,) if 0 <= axes <= 2 else (0,)
    if key in evident:
        return (1,) if small else (2,)
    if name in bold:
        return (1,) if small and not arity else (2,) if not arity else (1, 0)
    if arity:
        if arity > 1 or ((name, 0) in letters and (name, 0) in evident | {(b, 0) for b in bold}):
            return (0,)
        return (1, 0) if small else (2, 0)
    if name in NUMBERS:
        return (0,)
    if bold:
        return (0,) if small else (2, 0)
    if small:
        return (1, 0)
    return (2, 0) if name in _PERHAPS_NUMBERS else (2,)


NUMBERS = frozenset(
    ["lambda", "alpha", "eta", "epsilon", "gamma", "n", "N", "m", "d", "k", "K", "i", "j", "t", "c", "rho", "tau", "nu", "kappa",
     "D", "M", "p", "sigma", "l"]
)  # fmt: skip
_PERHAPS_NUMBERS = frozenset(("C", "T", "E", "L", "F", "J", "G", "H", "R", "Z", "Y"))
_CAPITALS = frozenset(("Sigma", "Lambda", "Phi", "Psi", "Theta", "Omega", "Gamma", "Delta", "Xi", "Pi"))
