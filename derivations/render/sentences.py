"""How a statement is written: rows of left side, relation, right side; and domains and rules in words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sympy import Abs, Derivative, Expr, Integer, KroneckerDelta, Sum

from derivations.core.statements import (
    BoundaryMinimum,
    Bounded,
    Condition,
    Equation,
    Implication,
    InRange,
    Minimum,
    NonZero,
    NoStationaryPoint,
    Positive,
    Statement,
    Unsolved,
)
from derivations.core.symbols import Declaration
from derivations.render.layout import Factors, Fenced, Layout, Letters, Listed, Marked, Power
from derivations.render.mathematics import Composer
from derivations.render.typeset import typeset

_LABEL = re.compile(r"\n\s*\n|\n(?=[A-Z][A-Za-z ]*:)")


@dataclass(frozen=True)
class Row:
    """left relation right, e.g. N_k ≥ 1; `remark` is a word or two after it."""

    left: Layout
    relation: str
    right: Layout
    remark: str = ""


Meanings = Mapping[Expr, Expr]
"""What each defined name stands for, as the left and right sides of the defining equations."""


def rows_of_statement(statement: Statement, compose: Composer, meanings: Meanings = MappingProxyType({})) -> list[Row]:
    """A statement as one row or, for several estimates found together, one row each.

    An estimate whose value is a name written as the estimate itself, μ̂ = μ̂, is shown with what the name stands for.
    """
    if isinstance(statement, Minimum):
        return _minimum(statement, compose, meanings)
    return _SENTENCES[type(statement)](statement, compose)


def condition_rows(conditions: Sequence[Condition], compose: Composer) -> list[Row]:
    """Conditions as rows, in order."""
    return [row for condition in conditions for row in rows_of_statement(condition, compose)]


def row_layout(row: Row) -> Layout:
    """A row on one line."""
    return Listed((row.left, row.right), f" {row.relation} ")


def row_latex(row: Row) -> str:
    """A row on one line of LaTeX."""
    return typeset(row_layout(row))


def rule_words(rule: str) -> str:
    """A rule's name as words.

    >>> rule_words("log_of_product")
    'log of product'
    """
    return rule.replace("_", " ")


def rule_explanation(words: str) -> str:
    """The first paragraph of a rule's docstring on one line, or nothing when there is no such rule."""
    paragraphs = rule_documentation(words)
    return paragraphs[0] if paragraphs else ""


def rule_documentation(words: str) -> tuple[str, ...]:
    """A rule's docstring: what it says, then its labelled lines, one string each."""
    from derivations.core.rules import RULES

    rule = RULES.get(words.replace(" ", "_"))
    documentation = inspect.cleandoc(getattr(rule, "__doc__", None) or "")
    parts = _LABEL.split(documentation) if documentation else []
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def domain_words(declaration: Declaration, compose: Composer) -> str:
    """The domain of a declared symbol in words, letters between dollar signs."""
    words = _DOMAINS.get(declaration.domain.kind, declaration.domain.kind)
    upper = declaration.domain.upper
    if upper is None:
        return words
    return words.format(lower=declaration.domain.lower, upper=f"${typeset(compose(upper))}$")


def hatted(layout: Layout) -> Layout:
    """The letter of an estimate."""
    if isinstance(layout, Marked):
        return Marked(layout.template, layout.fields, hat=True)
    if isinstance(layout, Power):
        return Power(hatted(layout.base), layout.exponent)
    return Letters(rf"\hat{{{typeset(layout)}}}")


_DOMAINS = {
    "real": "real",
    "positive": "positive",
    "nonnegative": "at least 0",
    "unit-interval": "between 0 and 1",
    "covariance": "symmetric, positive definite",
    "angle": "an angle in (−π, π]",
    "integer": "integer",
    "natural": "0, 1, 2, …",
    "binary": "0 or 1",
    "size": "1, 2, 3, …",
    "index": "{lower}, …, {upper}",
    "label": "1, …, {upper}",
    "simplex": "positive, sum to 1",
    "function": "function",
}


def _equation(statement: Equation, compose: Composer) -> list[Row]:
    return [Row(compose(statement.left), "=", compose(statement.right))]


def _implication(statement: Implication, compose: Composer) -> list[Row]:
    hypotheses = [row_layout(row) for said in statement.hypotheses for row in _equation(said, compose)]
    conclusion = row_layout(_equation(statement.conclusion, compose)[0])
    return [Row(Listed(tuple(hypotheses), r", \quad "), r"\Longrightarrow", conclusion)]


def _bounded(statement: Bounded, compose: Composer) -> list[Row]:
    size = compose(Abs(statement.expression, evaluate=False))
    return [Row(size, r"\le", compose(statement.bound))]


def _positive(statement: Positive, compose: Composer) -> list[Row]:
    counts = _is_count(statement.expression)
    relation, bound = (r"\ge", "1") if counts else (">", "0")
    return [Row(compose(statement.expression), relation, Letters(bound))]


def _is_count(expression: Expr) -> bool:
    """Whether a positive value is at least 1: an integer, or a number of samples Σ 𝟙[…]."""
    counted = isinstance(expression, Sum) and isinstance(expression.function, KroneckerDelta)
    return bool(expression.is_integer) or counted


def _in_range(statement: InRange, compose: Composer) -> list[Row]:
    between = Listed((compose(statement.lower), compose(statement.index)), r" \le ")
    return [Row(between, r"\le", compose(statement.upper))]


def _nonzero(statement: NonZero, compose: Composer) -> list[Row]:
    return [Row(compose(statement.expression), r"\ne", compose(Integer(0)))]


def _minimum(statement: Minimum, compose: Composer, meanings: Meanings) -> list[Row]:
    letters = tuple(compose(unknown) for unknown in statement.unknown)
    values = [compose(value) for value in statement.value]
    for position, value in enumerate(statement.value):
        if value in meanings and typeset(values[position]) == typeset(hatted(letters[position])):
            values[position] = compose(meanings[value])
    if statement.constraint is not None:
        values[-1] = Listed((values[-1], _vanishing(statement.constraint, compose)), r" \quad\text{subject to }\; ")
    estimates = tuple(hatted(letter) for letter in letters)
    if len(letters) == 1:
        smallest = _smallest(letters[0], statement.objective, compose)
        return [Row(Listed((estimates[0], smallest), " = "), "=", values[0], "unique minimum")]
    smallest = _smallest(Listed(letters), statement.objective, compose)
    rows = [Row(Fenced("(", Listed(estimates), ")"), "=", smallest, "unique minimum")]
    return rows + [Row(estimate, "=", value) for estimate, value in zip(estimates, values, strict=True)]


def _boundary_minimum(statement: BoundaryMinimum, compose: Composer) -> list[Row]:
    letters = tuple(compose(unknown) for unknown in statement.unknown)
    estimates = tuple(hatted(letter) for letter in letters)
    region = [Listed((compose(part), Letters("0")), r" \ge ") for part in statement.region]
    over = letters[0] if len(letters) == 1 else Fenced("(", Listed(letters), ")")
    smallest = _smallest(over, statement.objective, compose)
    if region:
        smallest = Listed((smallest, Listed(tuple(region))), r" \quad\text{subject to }\; ")
    rows = [Row(estimates[0] if len(estimates) == 1 else Fenced("(", Listed(estimates), ")"), r"\in", smallest, "minimum")]
    return rows + [Row(e, "=", compose(value)) for e, value in zip(estimates, statement.value, strict=True)]


def _unsolved(statement: Unsolved, compose: Composer) -> list[Row]:
    rows = [
        Row(hatted(compose(unknown)), "=", compose(value))
        for unknown, value in zip(statement.eliminated, statement.values, strict=True)
    ]
    return rows + [Row(compose(left), "=", Letters("0"), "no closed form") for left in statement.left]


def _smallest(over: Layout, objective: Expr, compose: Composer) -> Layout:
    return Factors((Letters(rf"\operatorname*{{arg\,min}}_{{{typeset(over)}}}"), compose(objective)))


def _vanishing(constraint: Expr, compose: Composer) -> Layout:
    """constraint = 0, its number moved to the right: Σ α_k = 1."""
    number, rest = constraint.as_coeff_Add()
    return Listed((compose(rest), compose(-number)), " = ")


def _no_stationary_point(statement: NoStationaryPoint, compose: Composer) -> list[Row]:
    slope = compose(Derivative(statement.objective, statement.unknown, evaluate=False))
    return [Row(slope, ">" if statement.sign > 0 else "<", Letters("0"), "nowhere zero")]


_SENTENCES: dict[type, Callable[..., list[Row]]] = {
    Equation: _equation,
    Implication: _implication,
    Bounded: _bounded,
    Positive: _positive,
    InRange: _in_range,
    NonZero: _nonzero,
    NoStationaryPoint: _no_stationary_point,
    BoundaryMinimum: _boundary_minimum,
    Unsolved: _unsolved,
}
