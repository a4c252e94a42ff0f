"""Comparing two readings statement by statement: expressions by equality, equations by solutions, inequalities by truth."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from derivations.check.comparing.arbitrary import DRAWS, function_names, with_polynomials
from derivations.check.comparing.deciding import Pair, decide
from derivations.check.comparing.equations import same_solutions, same_truth
from derivations.check.comparing.matrices import decide_matrices, same_matrix_solutions
from derivations.check.comparing.matrices.recognising import holds_matrices, may_be_matrices
from derivations.check.comparing.probability import both_hold, decide_probabilities, speaks_of_chance
from derivations.check.reader.reading import Reading, deep_recursion
from derivations.check.reader.statements import EQUALITIES, ORDERS, Claim, Kind
from derivations.check.reader.terms import Term
from derivations.core.equality import prove
from derivations.core.evidence import Evidence, Word

_ONLY_IDENTICAL = frozenset(
    (
        "dots",
        "plus or minus",
        "nothing",
        "unfinished",
        "operator",
        "placeholder",
        "evaluated",
        "list",
        "row",
        "evaluated at",
        "blank",
    )
)


def judged(first: Reading, second: Reading, seed: int) -> Evidence:
    """Whether two readings say the same."""
    if first.both and first.latex.strip() != second.latex.strip():
        return Evidence(Word.UNDECIDED, f"it depends on whether {', '.join(sorted(first.both))} in bold is another letter")
    if identical(first, second):
        return Evidence(Word.PROVED, "the same formula")
    pairs = list(zip(first.claims, second.claims, strict=False))
    if len(first.claims) != len(second.claims) or not pairs:
        return Evidence(Word.UNDECIDED, f"{len(first.claims)} statements against {len(second.claims)}")
    if not _values_matter(first, second):
        return Evidence(Word.UNDECIDED, f"kept as structure, no value: {_structures(first, second)}")
    with deep_recursion(first.latex):
        verdicts = [
            _claims(one, other, first.sides[place], second.sides[place], first, seed) for place, (one,
            other) in enumerate(pairs)
        ]
    if len(verdicts) > 1 and sum(verdict.word is Word.REFUTED for verdict in verdicts) > 1:
        return Evidence(Word.UNDECIDED, "several statements differ, perhaps only in their order")
    if _words(first) != _words(second) and not any(verdict.word is Word.REFUTED for verdict in verdicts):
        return Evidence(Word.UNDECIDED, "the same formulas, but other words between them")
    order = (Word.PROVED, Word.AGREES, Word.UNDECIDED, Word.REFUTED)
    return max(verdicts, key=lambda verdict: order.index(verdict.word))


def _words(reading: Reading) -> list[str]:
    """The words and arrows between the statements; commas, spaces and therefore-signs say nothing."""
    links = [claim.link for claim in reading.statements if claim.link]
    return [link for link in links if any(c.isalpha() for c in link) and link not in _SILENT]


_SILENT = frozenset(("quad", "qquad", "newline", "therefore", "Rightarrow", "implies", "iff", "Leftrightarrow", "Longrightarrow"))


def _claims(
    one: Claim, other: Claim, left: tuple[Expr | None, ...], right: tuple[Expr | None, ...], reading: Reading, seed: int
) -> Evidence:
    """Two statements, by their kinds."""
    declarations = reading.declarations
    if None in left or None in right or Kind.FRAGMENT in (one.kind, other.kind):
        return Evidence(Word.UNDECIDED, "a line that starts or stops in the middle")
    if one.kind is Kind.EXPRESSION and other.kind is Kind.EXPRESSION:
        return _expressions(one.sides[0], other.sides[0], left[0], right[0], reading, seed)
    signs = frozenset(one.relations), frozenset(other.relations)
    if one.kind is Kind.EQUATION and other.kind is Kind.EQUATION:
        if any(holds_matrices(side, reading) for side in (*one.sides, *other.sides)):
            return _matrix_equations(one, other, reading, seed)
        if (law := _laws(one, other, reading, seed)) is not None:
            return law
        return same_solutions((left[0], left[1]), (right[0], right[1]), declarations, seed)
    if one.kind is Kind.INEQUALITY and other.kind is Kind.INEQUALITY:
        return same_truth((left[0], one.relations[0], left[1]), (right[0], other.relations[0], right[1]), declarations,
        seed)
    if one.relations == other.relations or (signs[0] <= EQUALITIES and signs[1] <= EQUALITIES and len(left) == len(right)):
        return _sidewise(one, other, left, right, reading, seed)
    if signs[0] <= ORDERS and signs[1] <= ORDERS and len(left) == len(right) > 2:
        return Evidence(Word.UNDECIDED, "chains of inequalities with different signs")
    return Evidence(Word.UNDECIDED, f"{_article(one.kind)} against {_article(other.kind)}")


def _article(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"


def _sidewise(
    one: Claim, other: Claim, left: tuple[Expr | None, ...], right: tuple[Expr | None, ...], reading: Reading, seed: int
) -> Evidence:
    """Chains and matrix equations: equal when every side is, refuted when one side is equal and another is not."""
    if len(left) != len(right):
        return Evidence(Word.UNDECIDED, f"{len(left)} sides against {len(right)}")
    sides = zip(one.sides, other.sides, left, right, strict=True)
    found = [_expressions(a, b, x, y, reading, seed) for a, b, x, y in sides]
    refuted = [verdict for verdict in found if verdict.word is Word.REFUTED]
    if refuted:
        comparable = one.kind in (Kind.CHAIN, Kind.EQUATION) and any(v.word in (Word.PROVED, Word.AGREES) for v in found)
        reason = "both sides differ; one equation may be a multiple of the other"
        return refuted[0] if comparable else Evidence(Word.UNDECIDED, reason)
    return max(found, key=lambda verdict: list(Word).index(verdict.word))


def _matrix_equations(one: Claim, other: Claim, reading: Reading, seed: int) -> Evidence:
    """Matrix equations, by their solutions."""
    first, second = (tuple(side for side in claim.sides if side is not None) for claim in (one, other))
    return same_matrix_solutions((first[0], first[1]), (second[0], second[1]), reading.symbols, reading.bold, seed)


def _laws(one: Claim, other: Claim, reading: Reading, seed: int) -> Evidence | None:
    """Equations between probabilities; None for any others."""
    first, second = (tuple(side for side in claim.sides if side is not None) for claim in (one, other))
    if not (speaks_of_chance(first, reading.symbols.notation) and speaks_of_chance(second, reading.symbols.notation)):
        return None
    return both_hold((first[0], first[1]), (second[0], second[1]), reading.symbols, seed)


def _expressions(a: Term | None, b: Term | None, left: Expr | None, right: Expr | None, reading: Reading,
seed: int) -> Evidence:
    if a is None or b is None or left is None or right is None:
        return Evidence(Word.UNDECIDED, "a side is missing")
    if composed := _composed(a, reading) | _composed(b, reading):
        return Evidence(Word.UNDECIDED, f"no value for the composition of {', '.join(sorted(composed))}")
    if speaks_of_chance((a, b), reading.symbols.notation):
        found = decide_probabilities(a, b, reading.symbols, seed)
        proof = prove(left, right, reading.declarations) if found.word is Word.UNDECIDED else None
        return proof or found
    if holds_matrices(a, reading) or holds_matrices(b, reading):
        return decide_matrices(a, b, reading.symbols, reading.bold, seed)
    pair = Pair(left, right, reading.declarations)
    found = decide(pair, seed)
    names = function_names(left)
    arbitrary = names == function_names(right) and names <= reading.symbols.notation.functions
    if found.word is Word.UNDECIDED and names and arbitrary:
        return _for_polynomials(pair, found, seed)
    if found.word in (Word.PROVED, Word.AGREES) and (matrices := may_be_matrices(a, reading) & may_be_matrices(b, reading)):
        other = decide_matrices(a, b, reading.symbols, matrices, seed)
        if other.word is Word.REFUTED:
            listed = ", ".join(sorted(matrices))
            return Evidence(Word.UNDECIDED, f"it depends on whether {listed} are matrices; write them in bold or declare them")
    return found


def _composed(term: Term, reading: Reading) -> frozenset[str]:
    """The letters for functions between which a ∘ stands: it composes them and multiplies no entries."""
    notation = reading.symbols.notation
    operands = [argument for part in term.walk() if part.head == "hadamard" for argument in part.args]
    names = {str(argument.data) for argument in operands if argument.head == "letter" and not argument.args}
    return frozenset(name for name in names & notation.functions if not notation.declares(name) and name not in reading.bold)


def _for_polynomials(pair: Pair, otherwise: Evidence, seed: int) -> Evidence:
    """A claim about arbitrary functions, refuted when it fails for polynomials."""
    for draw in range(DRAWS):
        tried = Pair(with_polynomials(pair.left, draw), with_polynomials(pair.right, draw), pair.declarations)
        found = decide(tried, seed)
        if found.word is Word.REFUTED:
            return replace(found, reason="the sides differ for polynomials in place of the functions")
    return otherwise


def _values_matter(first: Reading, second: Reading) -> bool:
    """Whether both readings may be compared by value: no ellipsis, no ± and nothing unfinished in them."""
    return not any(part.data in _ONLY_IDENTICAL for part in _structure_terms(first, second))


def _structure_terms(*readings: Reading) -> list[Term]:
    return [
        part
        for reading in readings for claim in reading.claims for side in claim.sides if side is not None
        for part in side.walk() if part.head == "structure"
    ]  # fmt: skip


def _structures(first: Reading, second: Reading) -> str:
    return ", ".join(sorted({str(part.data) for part in _structure_terms(first, second)}))


def identical(first: Reading, second: Reading) -> bool:
    """Whether both texts are the same formula, spans aside."""
    return [_bare(c) for c in first.claims] == [_bare(c) for c in second.claims] and _words(first) == _words(second)


def _bare(claim: Claim) -> tuple[object, ...]:
    return claim.relations, tuple(None if side is None else _stripped(side) for side in claim.sides)


def _stripped(term: Term) -> tuple[object, ...]:
    return term.head, str(term.data), tuple(_stripped(argument) for argument in term.args)
