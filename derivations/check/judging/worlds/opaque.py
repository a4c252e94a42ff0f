"""Functions without a formula, such as P(x | y = k): their values are free numbers, one for each combination of indices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.symbols import Declaration
from numeric.domains import POSITIVE, REAL

FACTOR = "proportionality"
"""How values begin that are factors, the same for all arguments."""
_WORDS = re.compile(r"\w+")
EXTENT = 6
"""Indices of an opaque array lie in 1..EXTENT: larger than any size an instance has."""
_NEVER = frozenset(
    [
        "dots",
        "unfinished",
        "operator",
        "list",
        "row",
        "rows",
        "words",
        "tuple",
        "set",
        "bracket",
        "nothing",
        "mark",
        "evaluated",
        "placeholder",
        "plus_or_minus",
        "blank",
        "to",
        "number",
        "transpose",
        "trace",
        "determinant",
        "diagonal",
        "inner",
        "hadamard",
        "matrix",
        "norm_2",
        "norm_1",
        "norm_None",
        "bars",
    ]
)


@dataclass
class Opaque:
    """Atoms for applications of unknown functions, by their pattern: what is left when indices are taken out."""

    positive: frozenset[str] = frozenset()
    declared: dict[object, Declaration] = field(default_factory=dict)
    atoms: set[Basic] = field(default_factory=set)

    def atom(self, expression: AppliedUndef) -> Expr | None:
        """The atom of an application: a letter, or an entry of an array indexed by the indices inside; None when it has no
        value.
        """
        if any(part.func.__name__ in _NEVER or part.func.__name__.startswith("words") for part in expression.atoms(AppliedUndef)):
            return None
        indices: list[Expr] = []
        pattern = (_pattern(expression, indices), len(indices))
        if pattern not in self.declared:
            name = f"{expression.func.__name__}_value{len(self.declared)}"
            name_is_positive = expression.func.__name__ in self.positive or expression.func.__name__.startswith(FACTOR)
            domain = POSITIVE if name_is_positive else REAL
            axes = tuple(Integer(EXTENT) for _ in indices)
            self.declared[pattern] = Declaration(
                name, domain, axes, latex=expression.func.__name__, meaning="a value that is not given"
            )
        head = self.declared[pattern].head
        self.atoms.add(head)
        return head[tuple(indices)] if indices else head

    def holds(self, expression: Basic) -> bool:
        """Whether an expression holds an atom."""
        return any(expression.has(atom) for atom in self.atoms)


    def mentions(self, expression: Basic, variable: Expr) -> bool:
        """Whether a value that is not given may depend on a letter, by what stands in its brackets."""
        letter = next(iter(sorted(str(s) for s in variable.free_symbols)), str(variable))
        names = {str(getattr(variable, "base", variable)), letter}
        for key, declaration in self.declared.items():
            text = str(key[0]) if isinstance(key, tuple) else str(key)
            if text.startswith(FACTOR):
                continue
            words = set(_WORDS.findall(text)) - {text.partition("(")[0]}
            if expression.has(declaration.head) and names & words:
                return True
        return False


def _pattern(expression: Basic, indices: list[Expr]) -> str:
    """The expression with its indices replaced by slots, in order."""
    if _is_index(expression):
        if expression not in indices:
            indices.append(expression)
        return f"<{indices.index(expression)}>"
    if isinstance(expression, IndexedBase):
        return str(expression)
    if not expression.args:
        return str(expression)
    inside = expression.indices if isinstance(expression, Indexed) else expression.args
    name = str(expression.base) if isinstance(expression, Indexed) else expression.func.__name__
    return f"{name}({', '.join(_pattern(part, indices) for part in inside)})"


def _is_index(expression: Basic) -> bool:
    if isinstance(expression, Symbol):
        return bool(expression.is_integer and expression.is_positive and expression.name.islower())
    return isinstance(expression, Indexed) and bool(expression.is_integer)
