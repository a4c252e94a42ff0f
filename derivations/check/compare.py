"""Comparing two pieces of mathematics: expressions by equality, equations by their solutions, inequalities by truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from sympy import Expr

from derivations.check.comparing.arbitrary import DRAWS, function_names, with_polynomials
from derivations.check.comparing.deciding import Pair, decide
from derivations.check.comparing.instances import shown
from derivations.check.reader.errors import ReadingError
from derivations.check.reader.notation import as_notation
from derivations.check.reader.reading import AnyNotation, Reading, deep_recursion, read_together
from derivations.check.reader.statements import EQUALITIES, ORDERS, Claim, Kind
from derivations.check.reader.terms import Term
from derivations.core.equality import prove
from derivations.core.evidence import Evidence, Word
from numeric.comparison import Separation, Undefined

WORDS = ("proved", "agrees", "refuted", "undecided", "unreadable", "timeout")
MAX_READINGS = 16

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
_MATRICES = frozenset(("transpose", "trace", "determinant", "diagonal", "inner", "matrix", "hadamard", "norm"))


@dataclass(frozen=True)
class Comparison:
    """The verdict on two texts.

    `evidence`: proved, agrees, refuted, undecided, unreadable or timeout. `counterexample`: the smallest instance found, as
    {"sizes", "values", "at", "left", "right"}, or None. `reason`: what was tried or found,
    in a sentence. `inferred`: what was taken
    for granted about undeclared letters. `readings`: both texts as SymPy prints them.
    """

    evidence: str
    reason: str
    counterexample: Mapping[str, Any] | None = None
    left: str = ""
    right: str = ""
    readings: tuple[str, str] = ("", "")
    inferred: Mapping[str, str] = field(default_factory=dict)

    @property
    def equal(self) -> bool | None:
        """True for proved and agrees, False for refuted, None for everything else."""
        return {"proved": True, "agrees": True, "refuted": False}.get(self.evidence)

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain data, schema derivations/comparison/1."""
        return {
            "schema": "derivations/comparison/1",
            "evidence": self.evidence,
            "reason": self.reason,
            "counterexample": self.counterexample,
            "left": {"latex": self.left, "reading": self.readings[0]},
            "right": {"latex": self.right, "reading": self.readings[1]},
            "inferred": dict(self.inferred),
        }


def compare(
    left: str, right: str, *, notation: AnyNotation = None, timeout: float = 10.0, isolated: bool = True, seed: int = 0
) -> Comparison:
    r"""Whether two pieces of LaTeX say the same, in one word, with the smallest counterexample when they do not.

    Expressions are compared by equality, equations by their solutions (a nonzero multiple,
    a rearrangement or the solved form are
    equal; a lost or added root is named), inequalities by truth. Domains count: `\log x^2` is not `2 \log x` for real x.

    notation: as in `derivations.read`. timeout: seconds before the verdict is `timeout`. isolated: decide in a process of its
    own, which can be stopped and whose memory is limited; without it a hostile formula can hold up the caller.

    Raises: NotationError. Never raises for what the texts hold: that is the verdict `unreadable`.

    >>> compare("2(x + 1)", "2x + 2", isolated=False).evidence
    'proved'
    >>> compare(r"\sum_{i=1}^N x_i^2", r"(\sum_{i=1}^N x_i)^2", isolated=False).counterexample["values"]
    {'x': [1, 1]}
    """
    table = as_notation(notation)
    if not isolated:
        return compare_here(left, right, notation=table, seed=seed)
    from derivations.check.comparing.worker import WorkerDied, WorkerTimeout, ask

    try:
        found = ask((left, right, table, seed), timeout)
    except WorkerTimeout as failure:
        return Comparison("timeout", str(failure), None, left, right)
    except WorkerDied as failure:
        return Comparison("timeout", f"out of memory: {failure}", None, left, right)
    if isinstance(found, Comparison):
        return found
    raise found


def answer(left: str, right: str, notation: AnyNotation, seed: int) -> Comparison | Exception:
    """What the worker sends back: the comparison, or the exception that is a bug."""
    try:
        return compare_here(left, right, notation=notation, seed=seed)
    except MemoryError:
        return Comparison("timeout", "out of memory", None, left, right)
    except Exception as failure:
        return RuntimeError(f"comparing {left!r} with {right!r}: {type(failure).__name__}: {failure}")


def compare_here(left: str, right: str, *, notation: AnyNotation = None, seed: int = 0) -> Comparison:
    """`compare` in this process, without limits of time and memory."""
    try:
        first, second = read_together((left, right), notation=notation)
        verdict = _unanimous(first, second, left, right, notation, seed)
        with deep_recursion(left):
            readings = (str(first.expression), str(second.expression))
            inferred = first.inferred
    except ReadingError as failure:
        side = "left" if failure.text == left else "right"
        return Comparison("unreadable", f"{side}: {failure.name}: {failure}", None, left, right)
    return Comparison(str(verdict.word), verdict.reason, _counterexample(verdict), left, right, readings, inferred)


def _unanimous(first: Reading, second: Reading, left: str, right: str, notation: AnyNotation, seed: int) -> Evidence:
    """The verdict on which all common readings of ambiguous places agree; undecided when they do not."""
    options = [range(count) for _, _, count in first.ambiguous], [range(count) for _, _, count in second.ambiguous]
    found = _judge(first, second, seed)
    if not any(options) or _identical(first, second):
        return found
    for count, choices in enumerate(product(product(*options[0]), product(*options[1]))):
        if not any(choices[0]) and not any(choices[1]):
            continue
        if count >= MAX_READINGS:
            return Evidence(Word.UNDECIDED, "too many ambiguous places; add brackets")
        third, fourth = read_together((left, right), notation=notation, choices=choices)
        other = _judge(third, fourth, seed)
        if (other.word is Word.REFUTED) != (found.word is Word.REFUTED) or Word.UNDECIDED in (other.word, found.word):
            question = (first.ambiguous or second.ambiguous)[0][1]
            return Evidence(Word.UNDECIDED, f"it depends on {question}; add brackets")
        if other.word is Word.AGREES:
            found = other
    return found


def _judge(first: Reading, second: Reading, seed: int) -> Evidence:
    if _identical(first, second):
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
    from derivations.check.comparing.equations import same_solutions, same_truth

    declarations = reading.declarations
    if None in left or None in right or Kind.FRAGMENT in (one.kind, other.kind):
        return Evidence(Word.UNDECIDED, "a line that starts or stops in the middle")
    if one.kind is Kind.EXPRESSION and other.kind is Kind.EXPRESSION:
        return _expressions(one.sides[0], other.sides[0], left[0], right[0], reading, seed)
    signs = frozenset(one.relations), frozenset(other.relations)
    if one.kind is Kind.EQUATION and other.kind is Kind.EQUATION:
        if any(_is_matrix(side, reading) for side in (*one.sides, *other.sides)):
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
    from derivations.check.comparing.matrices import same_matrix_solutions

    first, second = (tuple(side for side in claim.sides if side is not None) for claim in (one, other))
    return same_matrix_solutions((first[0], first[1]), (second[0], second[1]), reading.symbols, reading.bold, seed)


def _laws(one: Claim, other: Claim, reading: Reading, seed: int) -> Evidence | None:
    """Equations between probabilities; None for any others."""
    from derivations.check.comparing.probability import both_hold, speaks_of_chance

    first, second = (tuple(side for side in claim.sides if side is not None) for claim in (one, other))
    if not (speaks_of_chance(first, reading.symbols.notation) and speaks_of_chance(second, reading.symbols.notation)):
        return None
    return both_hold((first[0], first[1]), (second[0], second[1]), reading.symbols, seed)


def _expressions(a: Term | None, b: Term | None, left: Expr | None, right: Expr | None, reading: Reading,
seed: int) -> Evidence:
    if a is None or b is None or left is None or right is None:
        return Evidence(Word.UNDECIDED, "a side is missing")
    from derivations.check.comparing.matrices import decide_matrices
    from derivations.check.comparing.probability import decide_probabilities, speaks_of_chance

    if speaks_of_chance((a, b), reading.symbols.notation):
        found = decide_probabilities(a, b, reading.symbols, seed)
        proof = prove(left, right, reading.declarations) if found.word is Word.UNDECIDED else None
        return proof or found
    if _is_matrix(a, reading) or _is_matrix(b, reading):
        return decide_matrices(a, b, reading.symbols, reading.bold, seed)
    pair = Pair(left, right, reading.declarations)
    found = decide(pair, seed)
    names = function_names(left)
    arbitrary = names == function_names(right) and names <= reading.symbols.notation.functions
    if found.word is Word.UNDECIDED and names and arbitrary:
        return _for_polynomials(pair, found, seed)
    if found.word in (Word.PROVED, Word.AGREES) and (matrices := _maybe_matrices(a, reading) & _maybe_matrices(b, reading)):
        other = decide_matrices(a, b, reading.symbols, matrices, seed)
        if other.word is Word.REFUTED:
            listed = ", ".join(sorted(matrices))
            return Evidence(Word.UNDECIDED, f"it depends on whether {listed} are matrices; write them in bold or declare them")
    return found


_MATRIX_LETTERS = frozenset(("A", "B", "X", "Y", "U", "V", "Q", "Sigma", "Lambda", "Phi"))
"""Letters that are matrices as often as numbers where two of them stand side by side."""


def _maybe_matrices(term: Term, reading: Reading) -> frozenset[str]:
    """The letters of a term that may be matrices: undeclared, usual for matrices, and multiplied by another one of them."""
    found: set[str] = set()
    for part in term.walk():
        if part.head == "multiply":
            letters = {str(inner.data) for factor in part.args for inner in factor.walk() if _matrix_letter(inner, reading)}
            if len(letters) > 1:
                found |= letters
    return frozenset(found)


def _matrix_letter(term: Term, reading: Reading) -> bool:
    """Whether a term is an undeclared letter that is usual for a matrix."""
    plain = term.head == "letter" and not term.args and term.data in _MATRIX_LETTERS
    return plain and not reading.symbols.notation.declares(str(term.data))


def _for_polynomials(pair: Pair, otherwise: Evidence, seed: int) -> Evidence:
    """A claim about arbitrary functions, refuted when it fails for polynomials."""
    for draw in range(DRAWS):
        tried = Pair(with_polynomials(pair.left, draw), with_polynomials(pair.right, draw), pair.declarations)
        found = decide(tried, seed)
        if found.word is Word.REFUTED:
            return replace(found, reason="the sides differ for polynomials in place of the functions")
    return otherwise


def _is_matrix(term: Term | None, reading: Reading) -> bool:
    r"""Whether a term holds matrices: transposes, traces, norms, letters in bold that are not taken entry by entry, an inverse
    A^{-1} that is not written as a fraction, or I + A."""
    return term is not None and any(
        part.head in _MATRICES
        or (part.head == "bars" and part.args[0].head == "matrix")
        or (part.head == "letter" and not part.args and (part.data in reading.bold or _has_two_axes(part, reading)))
        or _is_written_inverse(part, reading)
        or _adds_identity(part, reading)
        for part in term.walk()
    )


def _has_two_axes(part: Term, reading: Reading) -> bool:
    symbol = reading.symbols.notation.symbol(str(part.data))
    return symbol is not None and len(symbol.axes) == 2


def _is_written_inverse(part: Term, reading: Reading) -> bool:
    written = part.head == "power" and part.args[1].head == "multiply" and [a.data for a in part.args[1].args] == [-1, 1]
    return written and any(_matrix_letter(inner, reading) for inner in part.args[0].walk())


def _adds_identity(part: Term, reading: Reading) -> bool:
    if part.head != "add":
        return False
    factors = [factor for term in part.args for factor in (term.args if term.head == "multiply" else (term,))]
    has_identity = any(factor.head == "letter" and factor.data == "I" and not factor.args for factor in factors)
    return has_identity and any(_matrix_letter(inner, reading) for inner in part.walk())


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


def _identical(first: Reading, second: Reading) -> bool:
    """Whether both texts are the same formula, spans aside."""
    return [_bare(c) for c in first.claims] == [_bare(c) for c in second.claims] and _words(first) == _words(second)


def _bare(claim: Claim) -> tuple[object, ...]:
    return claim.relations, tuple(None if side is None else _stripped(side) for side in claim.sides)


def _stripped(term: Term) -> tuple[object, ...]:
    return term.head, str(term.data), tuple(_stripped(argument) for argument in term.args)


def _counterexample(evidence: Evidence) -> dict[str, Any] | None:
    found = evidence.counterexample
    if found is None:
        return None
    if not isinstance(found, Separation):
        return dict(found)
    sizes = {
        str(symbol): value
        for symbol, value in found.instance.items()
        if getattr(symbol, "is_integer", False) and isinstance(value, int)
    }
    values = {name: value for name, value in shown(found.instance).items() if name not in sizes}
    return {
        "sizes": sizes,
        "values": values,
        "at": {str(symbol): value for symbol, value in found.bindings.items()},
        "left": shown_value(found.left),
        "right": shown_value(found.right),
    }


def shown_value(value: Any) -> Any:
    """A side's value as plain data: whole numbers, fractions as text, decimals to 12 digits."""
    from fractions import Fraction

    if isinstance(value, Undefined) or value is None:
        return None if value is None else str(value)
    if isinstance(value, Fraction):
        return str(value) if value.denominator != 1 else int(value)
    if isinstance(value, (int, str)):
        return value
    return float(f"{float(value):.12g}")
