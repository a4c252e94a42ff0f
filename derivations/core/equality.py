"""Deciding equality: the normal form proves, small instances refute, and the answer says which of the two it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Add, Basic, Dummy, Expr, Indexed, IndexedBase, Mul, Pow, Sum, Symbol, cancel

from derivations.core import polynomial as p
from derivations.core.binding import free_symbols, substitute
from derivations.core.calculus import NotDifferentiable
from derivations.core.definitions import Definitions, unfold
from derivations.core.evidence import Evidence, Word
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.polynomial import Poly
from derivations.core.ranges import is_reserved
from derivations.core.realness import asked_positive
from derivations.core.statements import Condition, Positive
from derivations.core.symbols import Declarations, Head
from numeric.instances import Variable
from numeric.refute import Agreement, Inconclusive, Separation, refute

MAX_CLEARINGS = 12


def is_zero(normaliser: Normaliser, expression: Expr) -> bool:
    """Whether the normal form of the expression is zero once denominators are cleared. True is a proof; False is not.

    An expression with free symbols whose names are reserved for bound indices is not judged: they would be captured.
    """
    if any(map(is_reserved, free_symbols(expression))):
        return False
    poly = cleared(normaliser, normaliser.form(expression))
    if not poly:
        return True
    merged = _with_sums_cancelled(normaliser, poly)
    return merged is not None and not cleared(normaliser, merged)


def cleared(normaliser: Normaliser, poly: Poly) -> Poly:
    """The polynomial times the denominators it contains, expanded: zero if and only if the quotient is."""
    for _ in range(MAX_CLEARINGS):
        least: dict[Expr, Fraction] = {}
        for monomial in poly:
            for atom, exponent in monomial:
                if isinstance(atom, (Add, Mul, Pow)) and isinstance(exponent, Fraction) and exponent < 0:
                    least[atom] = min(exponent, least.get(atom, Fraction(0)))
        if not least:
            return poly
        for atom, exponent in least.items():
            poly = normaliser.times(poly, p.atom_power(atom, -exponent))
    return poly


def _with_sums_cancelled(normaliser: Normaliser, poly: Poly) -> Poly | None:
    """Sums over one range with quotients in them added up under one Σ and cancelled: Σ 1/(1+z) + Σ z/(1+z) = Σ 1."""
    groups: dict[tuple[p.Monomial, Any], list[tuple[Fraction, Sum]]] = {}
    rest: Poly = {}
    for monomial, coefficient in poly.items():
        sums = [(a, e) for a, e in monomial if isinstance(a, Sum) and e == 1]
        if len(sums) != 1:
            rest[monomial] = coefficient
            continue
        outside = tuple(factor for factor in monomial if factor != sums[0])
        groups.setdefault((outside, sums[0][0].limits), []).append((coefficient, sums[0][0]))
    changed = False
    for (outside, limits), members in groups.items():
        body = Add(*(p.as_rational(c) * atom.function for c, atom in members))
        atoms = {atom: Dummy() for atom in body.atoms(Indexed, Symbol) if not isinstance(atom, IndexedBase)}
        simpler = body
        if len(members) > 1 and any(f.is_Pow and f.exp.is_negative for f in body.atoms(Expr) if f.is_Pow):
            if not body.has(Sum):
                renamed = body.xreplace(atoms)
                simpler = cancel(renamed).xreplace({dummy: atom for atom, dummy in atoms.items()})
            changed |= simpler != body
        rest = p.add(rest, normaliser.times({outside: Fraction(1)}, normaliser.form(Sum(simpler, *limits))))
    return rest if changed else None


def free_ranges(
    declarations: Declarations,
    *expressions: Basic,
    bound: Iterable[Head] = (),
    at: Mapping[Basic, Basic] | None = None,
) -> tuple[tuple[Symbol, Any, Any], ...]:
    """The free declared index symbols of the expressions, each with its range, behind those that the range depends on.

    `at` says where the indices in a range stand, such as k = 1 in the base case of an induction.
    """
    hidden = frozenset(bound)
    found: dict[Symbol, tuple[Any, Any]] = {}

    def visit(names: Iterable[Symbol]) -> None:
        for symbol in sorted(names, key=lambda s: s.name):
            declared = declarations.range_of(symbol) if symbol not in found and symbol not in hidden else None
            if declared is not None:
                lower, upper = (substitute(end, at) if at else end for end in declared)
                visit(free_symbols(lower) | free_symbols(upper))
                found[symbol] = (lower, upper)

    visit(frozenset().union(*map(free_symbols, expressions)))
    return tuple((symbol, *ends) for symbol, ends in found.items())


def drawn(declarations: Declarations, definitions: Definitions) -> tuple[Variable, ...]:
    """The variables an instance has to give values to: neither defined in the derivation nor indices."""
    return tuple(v for v in declarations.variables if v.symbol not in definitions and v.domain.kind != "index")


def prove(
    left: Expr,
    right: Expr,
    declarations: Declarations,
    *,
    definitions: Definitions | None = None,
    conditions: Iterable[Expr] = (),
    ranges: bool = False,
) -> Evidence | None:
    """`proved` when the normal form of left − right is zero, else None.

    With `ranges` the proof may rest on conditions on ranges, which are then its conditions: an index that an indicator puts in
    has to lie where the sum runs. Without, a proof holds as it stands. Nothing is proved of two sides
    that are real on different sets, by what their logarithms and roots ask to be positive.
    """
    heads = definitions or {}
    try:
        first, second = unfold(left, heads), unfold(right, heads)
        normaliser = Normaliser(declarations, conditions)
        if is_zero(normaliser, first - second):
            asked = (asked_positive(Normaliser(declarations, conditions), side) for side in (first, second))
            if next(asked) == next(asked) and (ranges or not normaliser.obligations):
                return Evidence(Word.PROVED, "normal form", tuple(sorted(normaliser.obligations, key=str)))
    except (TooLarge, UndefinedForm, NotDifferentiable):
        return None
    return None


def decide(
    left: Expr,
    right: Expr,
    declarations: Declarations,
    *,
    definitions: Definitions | None = None,
    conditions: Sequence[Expr] = (),
    instances: int = 8,
    seed: int = 0,
) -> Evidence:
    """Whether left = right for all values in the declared domains, in one of the four words.

    `conditions` are expressions known to be positive. `proved`: the normal form of the difference is zero. Otherwise
    the sides are compared on `instances` small random instances drawn with `seed`: `refuted` with the smallest
    separating one, or `agrees`; `undecided` when no instance could be evaluated. A proof that rests on conditions on ranges is
    compared as well, and stands, with its conditions, where no instance refutes it.

    >>> from sympy import IndexedBase, Sum
    >>> from derivations.core.symbols import Declarations, array, index, size
    >>> N = size("N", "samples").head
    >>> names = Declarations((size("N", ""), index("i", N), index("j", N), array("x", (N,), "x_{0}", "")))
    >>> i, j, x = (names[n].head for n in "ijx")
    >>> square, other = Sum(x[i], (i, 1, N)) ** 2, Sum(x[i] ** 2, (i, 1, N))
    >>> decide(square, Sum(x[i] * x[j], (i, 1, N), (j, 1, N)), names).word.value
    'proved'
    >>> decide(square, other, names).word.value
    'refuted'
    """
    heads = definitions or {}
    proof = prove(left, right, declarations, definitions=heads, conditions=conditions, ranges=True)
    if proof is not None and proof.is_outright:
        return proof
    free = free_ranges(declarations, left, right)
    found: Evidence | None = None
    for every_label_occurs in (True, False) if conditions else (False,):  # conditions are mostly that classes occur
        outcome = refute(
            left, right, drawn(declarations, heads), definitions=heads, free=free, instances=instances, seed=seed,
            conditions=conditions, every_label_occurs=every_label_occurs,
        )  # fmt: skip
        evidence = evidence_of(outcome)
        if found is None or found.word is Word.UNDECIDED or evidence.word is Word.REFUTED:
            found = evidence
        if found.word is Word.REFUTED:
            break
    assert found is not None
    return found if proof is None or found.word is Word.REFUTED else proof


def evidence_of(outcome: Separation | Agreement | Inconclusive) -> Evidence:
    """What a comparison on instances is worth."""
    if isinstance(outcome, Separation):
        where = "one side has no value where the other has one" if outcome.is_of_domains else "the sides differ on an instance"
        return Evidence(Word.REFUTED, where, counterexample=outcome)
    if isinstance(outcome, Agreement):
        return Evidence(
            Word.AGREES, f"equal on {outcome.instances} instances", instances=outcome.instances, seed=outcome.seed
        )
    return Evidence(Word.UNDECIDED, f"the normal forms differ and no instance decided: {outcome.reason}")


def positive_expressions(conditions: Iterable[Condition]) -> tuple[Expr, ...]:
    """The expressions that conditions state to be positive."""
    return tuple(c.expression for c in conditions if isinstance(c, Positive))


def as_mapping(definitions: Definitions) -> Mapping[Any, Any]:
    """Definitions in the form the numeric evaluators take."""
    return dict(definitions)
