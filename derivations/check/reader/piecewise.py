r"""cases with a value: each value times the indicator of its condition, where the conditions leave nothing out."""

from __future__ import annotations

from derivations.check.reader.interpreter import SEPARATORS, Interpreter
from derivations.check.reader.terms import Term, at, multiply, negative, number
from derivations.check.reader.tree import Node

_OTHERWISE = frozenset(("otherwise", "else", "o.w.", "o.w", "ow", "if otherwise", "in other cases", "other"))
_IF = frozenset(("if", "when", "for", "where"))
_SIGNS = {r"\lt": "<", r"\gt": ">", "<=": "≤", r"\le": "≤", r"\leq": "≤", r"\leqslant": "≤", ">=": "≥", r"\ge": "≥", r"\geq": "≥",
          r"\geqslant": "≥", "!=": "≠", r"\ne": "≠", r"\neq": "≠"}  # fmt: skip
_OPPOSITES = {"<": "≥", "≥": "<", ">": "≤", "≤": ">", "=": "≠", "≠": "="}
_TOTAL = frozenset(("number", "constant", "letter", "add", "multiply", "sum", "bars"))
_TOTAL_FUNCTIONS = frozenset(("exp", "max", "min", "sin", "cos", "tanh", "sigmoid", "relu", "sign", "floor", "ceiling"))


def piecewise(interpreter: Interpreter, environment: Node) -> Term | None:
    """The value of cases; None where a value or a condition is not plain, or the conditions do not cover everything.

    Values must be defined everywhere: a logarithm of what its condition excludes would have no value there.
    """
    rows = _rows(environment)
    if len(rows) < 2 or any(len(row) != 2 for row in rows):
        return None
    values = [value for row in rows if (value := _lone(interpreter, row[0], frozenset())) is not None]
    conditions = [condition for row in rows if (condition := _condition(interpreter, row[1])) is not None]
    covers = _says_otherwise(interpreter, rows[-1][1]) if len(conditions) == len(rows) - 1 else _are_opposite(conditions)
    if len(values) != len(rows) or not covers:
        return None
    read = [interpreter.value(value) for value in values]
    if not all(map(_is_total, read)):
        return None
    terms: list[Term] = []
    left: list[Term] = []
    for result, condition in zip(read, conditions[: len(rows) - 1], strict=False):
        indicator = at(condition, "indicator", (interpreter.value(condition),))
        terms.append(multiply([result, indicator, *left]))
        left.append(Term("add", (number(1), negative(indicator)), None, condition.start, condition.end))
    return at(environment, "add", (*terms, multiply([read[-1], *left])))


def _rows(environment: Node) -> list[list[Node]]:
    rows: list[list[Node]] = [[]]
    for part in environment.parts[1:-1]:
        if part.kind == "newline":
            rows.append([])
        elif part.kind != "ampersand":
            rows[-1].append(part)
    return [row for row in rows if any(part.kind != "row" or part.parts for part in row)]


def _lone(interpreter: Interpreter, cell: Node, words: frozenset[str]) -> Node | None:
    """What stands in a cell besides punctuation and the words allowed; None when it is not one thing."""
    if cell.kind != "row":
        return cell
    for part in cell.parts:
        is_allowed = part.kind in ("comma", "quad", "period", "semicolon") or part.kind not in SEPARATORS
        if not is_allowed and not (part.kind == "words" and interpreter.words(part).lower() in words):
            return None
    rest = [part for part in cell.parts if part.kind not in SEPARATORS]
    return rest[0] if len(rest) == 1 else None


def _condition(interpreter: Interpreter, cell: Node) -> Node | None:
    found = _lone(interpreter, cell, _IF)
    if found is None or found.kind != "clause" or len(found.parts) != 2 or len(found.parts[1].parts) != 2:
        return None
    return found if _sign(found) in _OPPOSITES else None


def _sign(clause: Node) -> str:
    text = clause.parts[1].parts[0].text
    return _SIGNS.get(text, text)


def _says_otherwise(interpreter: Interpreter, cell: Node) -> bool:
    words = [part for part in (cell.parts if cell.kind == "row" else (cell,)) if part.kind not in ("comma", "quad", "period")]
    return len(words) == 1 and words[0].kind in ("words", "name") and interpreter.words(words[0]).lower() in _OTHERWISE


def _are_opposite(conditions: list[Node]) -> bool:
    """x > 0 and x ≤ 0: the same sides, opposite relations."""
    if len(conditions) != 2 or _OPPOSITES[_sign(conditions[0])] != _sign(conditions[1]):
        return False
    first, second = ([_spelling(clause.parts[0]), _spelling(clause.parts[1].parts[1])] for clause in conditions)
    return first == second


def _spelling(node: Node) -> str:
    return " ".join(part.text for part in node.walk() if part.text)


def _is_total(term: Term) -> bool:
    """Whether a term has a value wherever its letters have one."""
    for part in term.walk():
        if part.head == "power":
            exponent = part.args[1]
            if exponent.head != "number" or exponent.data.denominator != 1 or exponent.data < 0:
                return False
        elif part.head not in _TOTAL and (part.head != "apply" or part.data not in _TOTAL_FUNCTIONS):
            return False
    return True
