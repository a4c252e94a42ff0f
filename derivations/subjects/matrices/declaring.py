"""Declarations for a derivation about matrices: sizes, index letters for every size, arrays, functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols
from derivations.core.functions import DERIVATIVES, antiderivative_name
from derivations.core.symbols import Declaration, Declarations, array, function, index, scalar, size
from derivations.subjects.matrices.elementwise import ELEMENTWISE, latex_of
from derivations.subjects.matrices.expressions import Matrix, sizes_of, variable
from derivations.subjects.matrices.notation import latex
from numeric.domains import INTEGER, NATURAL

_LETTERS = "ijkpqrstabcdeghlouvwz"
PER_SIZE = 4
PROBE = "probe"
"""How the names of indices begin that stand for the free ones while an expression is looked at."""
_MATRIX_FUNCTIONS = {"inverse": "({0}^{{-1}})_{{{2}{3}}}", "logdet": r"\log\det {0}", "determinant": r"\det {0}"}


@dataclass(frozen=True)
class Names:
    """The declarations, the letters of each size, and that of the number which elementwise functions take."""

    declarations: Declarations
    letters: dict[Expr, tuple[Symbol, ...]]
    number: Symbol

    def pick(self, sizes: Iterable[Expr]) -> tuple[Symbol, ...]:
        """Distinct letters for axes of the given sizes, in order."""
        pools = {extent: iter(letters) for extent, letters in self.letters.items()}
        return tuple(next(pools[extent]) for extent in sizes)


def declare(variables: Iterable[Matrix], entries: Iterable[Expr], *more: Declaration) -> Names:
    """Declare the variables of an expression, letters for their sizes, the functions in its entries, and `more`."""
    variables, entries = tuple(variables), tuple(entries)
    symbols = dict.fromkeys(s for v in variables for s in sizes_of(v.shape))
    taken = {s.name for s in symbols} | {v.data for v in variables} | {entry.name for entry in more}
    taken |= {s.name for entry in entries for s in entry.atoms(Symbol)}
    number = next(name for name in ("u", "v", "t", "number") if name not in taken)
    spare = _spare(taken | {number})
    rounds = [[next(spare) for _ in symbols] for _ in range(PER_SIZE)]  # every size gets an early letter
    letters = {extent: tuple(names[n] for names in rounds) for n, extent in enumerate(symbols)}
    indices = [index(name, extent) for extent, names in letters.items() for name in names]
    declared = Declarations(
        (
            *(size(s.name, f"size {s.name}") for s in symbols),
            *map(_whole_number, _whole_numbers(entries, symbols)),
            *indices,
            *(_variable(v) for v in variables),
            *more,
            *_functions(entries, number),
        )
    )
    found = {extent: tuple(declared[name].head for name in names) for extent, names in letters.items()}
    return Names(declared, found, Symbol(number, real=True))


def _whole_numbers(entries: Iterable[Expr], sizes: Collection[Symbol]) -> list[Symbol]:
    """The whole numbers in the entries that are no sizes of variables, such as a stride."""
    free = frozenset().union(*map(free_symbols, entries))
    return sorted((s for s in free if s.is_integer and s not in sizes and not s.name.startswith(PROBE)), key=str)


def _whole_number(symbol: Symbol) -> Declaration:
    if symbol.is_positive:
        return size(symbol.name, "whole number")
    domain = NATURAL if symbol.is_nonnegative else INTEGER
    return Declaration(symbol.name, domain, latex=latex(variable(symbol.name)), meaning="whole number")


def _spare(taken: set[str]) -> Iterator[str]:
    for number in range(1000):
        for letter in _LETTERS:
            name = letter if not number else f"{letter}{number}"
            if name not in taken:
                yield name


def _variable(matrix: Matrix) -> Declaration:
    letter = latex(matrix)
    if not matrix.shape:
        return scalar(matrix.data, letter, "scalar")
    braced = letter.replace("{", "{{").replace("}", "}}")
    slots = "".join(f"{{{n}}}" for n in range(len(matrix.shape)))
    kind = "vector" if len(matrix.shape) == 1 else "matrix"
    return array(matrix.data, matrix.shape, rf"{braced}_{{{{{slots}}}}}", kind)


def _functions(entries: Iterable[Expr], number: str) -> Iterator[Declaration]:
    """Every function in the entries with its derivatives: σ, σ′, σ″ and what they are made of."""
    names: dict[str, None] = {}

    def add(name: str, depth: int) -> None:
        if name in names or name in _MATRIX_FUNCTIONS:
            return
        names[name] = None
        known = ELEMENTWISE.get(name)
        if known is not None and known.slope is not None:
            names[name + "_prime"] = None
            for call in known.slope.atoms(AppliedUndef):
                add(call.func.__name__, depth)
        elif depth and antiderivative_name(name) is None:
            names[name + "_prime"] = names[name + "_prime_prime"] = names[name + "_prime_prime_prime"] = None

    entries = tuple(entries)
    calls = {call.func for entry in entries for call in entry.atoms(AppliedUndef)}
    for call in sorted(calls - set(DERIVATIVES), key=str):
        add(call.__name__, 1)
    for name in names:
        yield function(name, latex_of(name).replace("{", "{{").replace("}", "}}") + r"\left({0}\right)", "elementwise function")
    if names:
        yield scalar(number, number, "number")
    if calls & set(DERIVATIVES):
        for name, template in _MATRIX_FUNCTIONS.items():
            yield function(name, template, name)
