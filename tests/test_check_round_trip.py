"""Round trips: what the project renders is read back as the expression it came from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Pow, Product, Rational, Sum, exp, log, symbols
from sympy.core.function import AppliedUndef

from derivations.check.reader.notation import as_notation
from derivations.check.reader.reading import read
from derivations.core.derivation import Derivation
from derivations.core.equality import is_zero
from derivations.core.normal_form import Normaliser, TooLarge, UndefinedForm
from derivations.core.statements import expressions_of
from derivations.core.symbols import Declarations, array, index, labels, scalar, size
from derivations.render.mathematics import latex
from derivations.render.notation import Notation, template_pieces
from derivations.subjects.catalogue import catalogue, derive
from numeric.domains import POSITIVE


def expressions(derivation: Derivation) -> Iterator[Expr]:
    seen: set[Expr] = set()
    for step in derivation.steps:
        for expression in expressions_of(step.statement):
            if isinstance(expression, Expr) and expression not in seen:
                seen.add(expression)
                yield expression


def rooted(expression: Expr, declarations: Declarations) -> Expr:
    """The expression with σ_d² for the symbol of the square, where σ_d is declared too: both are written alike."""
    roots = {entry.latex: entry for entry in declarations if entry.power == 1}
    squares = {entry.head: roots[entry.latex].head for entry in declarations if entry.power == 2 and entry.latex in roots}
    places = [part for part in expression.atoms(Indexed) if part.base in squares]
    return expression.xreplace({part: squares[part.base][part.indices] ** 2 for part in places})


def comes_back(expression: Expr, declarations: Declarations, text: str, notation: object) -> bool:
    found = read(text, notation=notation).expression
    if found == expression:
        return True
    try:
        difference = rooted(found - expression, declarations) if isinstance(found, Expr) else None
        return difference is not None and is_zero(Normaliser(declarations), difference)
    except (TooLarge, UndefinedForm, ArithmeticError, ValueError, AttributeError):
        return False


def says_less(expression: Expr, derivation: Derivation) -> bool:
    """Whether the text leaves something out: arguments that no field shows, as the sizes of a norm, or an entry of ∂ℓ/∂A."""
    for call in expression.atoms(AppliedUndef):
        entry = next((entry for entry in derivation.declarations if entry.name == type(call).__name__), None)
        shown = set(template_pieces(entry.latex)) if entry is not None and entry.latex else set(range(len(call.args)))
        others = {other.args for one in expressions(derivation) for other in one.atoms(call.func)}
        if any(len({args[place] for args in others}) > 1 for place in range(len(call.args)) if place not in shown):
            return True
    return any(str(base.label).startswith("grad_") for base in expression.atoms(IndexedBase))


def failures(name: str) -> tuple[int, list[str]]:
    """How many expressions of a derivation were read, and the texts that came back as something else."""
    derivation = derive(name)
    written, notation = Notation(derivation.declarations), as_notation(derivation)
    texts = [(expression, latex(expression, written)) for expression in expressions(derivation)]
    bad = [
        text
        for expression, text in texts
        if not comes_back(expression, derivation.declarations, text, notation) and not says_less(expression, derivation)
    ]
    return len(texts), bad


@pytest.mark.parametrize("name", ["gaussian-naive-bayes/posterior", "gaussian-naive-bayes/mle-mean",
"gaussian-naive-bayes/prior"])
def test_a_derivation_is_read_back(name: str) -> None:
    count, bad = failures(name)
    assert count > 5
    assert bad == []


@pytest.mark.long
def test_the_whole_catalogue_is_read_back() -> None:
    total, bad = 0, []
    for name in catalogue():
        count, wrong = failures(name)
        total += count
        bad += wrong
    assert total > 1900
    assert bad == []


i, j, k, N, K = symbols("i j k N K", integer=True, positive=True)
NAMES = Declarations(
    (
        size("N", ""), size("K", ""), index("i", N), index("j", N), index("k", K), array("x", (N,), "x_{{{0}}}", ""),
        array("mu", (K,), r"\mu_{{{0}}}", ""), labels("y", N, K, "y_{{{0}}}", ""), scalar("a", "a", ""), scalar("b", "b", ""),
        scalar("s", r"\sigma", "", POSITIVE),
    )
)  # fmt: skip
x, mu, y = (NAMES[name].head for name in ("x", "mu", "y"))
a, b, s = (NAMES[name].head for name in "abs")
assert isinstance(x, IndexedBase)

LEAVES = st.sampled_from([a, b, s, x[i], mu[k], mu[y[i]], N, Integer(2), Rational(1, 2), Integer(-3), KroneckerDelta(y[i], k)])


def combined(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.tuples(parts, parts).map(lambda pair: pair[0] + pair[1]),
        st.tuples(parts, parts).map(lambda pair: pair[0] * pair[1]),
        st.tuples(parts, parts).map(lambda pair: pair[0] / (pair[1] ** 2 + 1)),
        parts.map(lambda part: Pow(part, 2)),
        parts.map(exp),
        parts.map(lambda part: log(part**2 + 1)),
        parts.map(lambda part: Sum(part, (i, 1, N))),
        parts.map(lambda part: Sum(part, (j, 1, N))),
        parts.map(lambda part: Product(part, (k, 1, K))),
    )


@settings(max_examples=120, deadline=None)
@given(st.recursive(LEAVES, combined, max_leaves=6))
def test_generated_expressions_are_read_back(expression: Expr) -> None:
    text = latex(expression, Notation(NAMES))
    found = read(text, notation=NAMES).expression
    assert found == expression or is_zero(Normaliser(NAMES), found - expression), text
