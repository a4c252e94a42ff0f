"""From terms to plain SymPy in the engine's representation: 1-based indexed sums, Kronecker deltas, declared symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sympy import (
    Abs,
    Add,
    Basic,
    E,
    Expr,
    I,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    acos,
    asin,
    atan,
    binomial,
    ceiling,
    cos,
    cosh,
    cot,
    coth,
    csc,
    digamma,
    erf,
    exp,
    factorial,
    floor,
    gamma,
    log,
    loggamma,
    oo,
    pi,
    sec,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)  # fmt: skip

from derivations.check.reader.applications import SLOPES
from derivations.check.reader.declared import Symbols, function_head
from derivations.check.reader.folding import condition, derivative, fold, indicator, integral, substituted
from derivations.check.reader.inference import symbol_of
from derivations.check.reader.terms import Term
from derivations.core.functions import COLUMN, ROW, matrix_of
from derivations.core.symbols import Declaration

MAX_BITS = 4096
"""Numeric powers with more bits than this stay unevaluated."""

FUNCTIONS: dict[str, Callable[..., Expr]] = {
    "exp": exp, "log": log, "sin": sin, "cos": cos, "tan": tan, "cot": cot, "sec": sec, "csc": csc, "sinh": sinh,
    "cosh": cosh, "tanh": tanh,
    "coth": coth, "asin": asin, "acos": acos, "atan": atan, "erf": erf, "sign": sign, "floor": floor, "ceiling": ceiling,
    "factorial": factorial, "gamma": gamma, "digamma": digamma, "loggamma": loggamma, "binomial": binomial, "max": Max,
    "min": Min,
    "sigmoid": lambda z: 1 / (1 + exp(-z)), "relu": lambda z: Max(0, z),
}  # fmt: skip


def _slope(name: str, order: int) -> Callable[..., Expr]:
    """The derivative of a function of one number."""
    number = Symbol("number", real=True)

    def slope(z: Expr) -> Expr:
        return FUNCTIONS[name](number).diff(number, order).xreplace({number: z})

    return slope


FUNCTIONS |= {name: _slope(*of) for name, of in SLOPES.items()}
_UNEVALUATED = frozenset(("factorial", "binomial"))


@dataclass
class Builder:
    """Builds expressions from terms; remembers the span of each."""

    symbols: Symbols
    spans: list[tuple[Basic, int, int]] = field(default_factory=list)

    def build(self, term: Term, environment: Mapping[str, Symbol] | None = None) -> Expr:
        """The SymPy expression of a term."""
        built = BUILDERS[term.head](self, term, environment or {})
        if term.start >= 0:
            self.spans.append((built, term.start, term.end))
        return built

    def all(self, terms: tuple[Term, ...], environment: Mapping[str, Symbol]) -> list[Expr]:
        """The expressions of several terms."""
        return [self.build(term, environment) for term in terms]


def plain(term: Term, symbols: Symbols) -> Expr | None:
    """A bound such as N or n − 1 as an expression in sizes; None when it is bare, infinite or holds anything else."""
    if term.head == "number":
        return Rational(term.data.numerator, term.data.denominator)
    if term.head == "declared":
        return term.data.entry.head if not term.args and term.data.entry.domain.is_integral else None
    if term.head == "letter" and not term.args:
        symbol = symbol_of(symbols.notation, (str(term.data), 0))
        if symbol is not None and symbol.domain not in ("size", "natural"):
            return None
        name = str(term.data)
        if name not in symbols.uses.sizes and (name, 0) not in symbols.heads:
            return None
        return symbols.size(name, "end of a range")
    if term.head in ("add", "multiply"):
        parts = [plain(part, symbols) for part in term.args]
        known = [part for part in parts if part is not None]
        return (Add if term.head == "add" else Mul)(*known) if len(known) == len(parts) else None
    return None


def _letter(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    name = str(term.data)
    if not term.args and name in environment:
        return environment[name]
    return _declared(builder, term, environment, 1)


def _declared(builder: Builder, term: Term, environment: Mapping[str, Symbol], power: int) -> Expr:
    key = (str(term.data), len(term.args))
    declaration = builder.symbols.heads[key]
    if declaration.domain.kind == "function":
        return _implicit(builder, term, environment)
    head = declaration.head
    if term.args:
        indices = []
        for place, index in enumerate(term.args):
            value = builder.build(index, environment)
            indices.append(value + builder.symbols.offsets.get(("axis", key, place), 0))
        head = head[tuple(indices)]
    if declaration.power == power:
        return head
    return Pow(head, Rational(power, declaration.power))


def _implicit(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """A letter that is differentiated: a function of what it is differentiated by, or of its declared arguments."""
    symbols = builder.symbols
    key = (str(term.data), len(term.args))
    symbol = symbol_of(symbols.notation, key)
    arguments: list[Basic] = []
    if symbol is not None and symbol.arguments:
        from derivations.check.reader.declared import _from_notation

        for name in symbol.arguments:
            entry = next(s for s in symbols.notation.symbols.values() if s.name == name)
            arguments.append(_from_notation(symbols, entry).head)
    else:
        for other in symbols.uses.implicit.get(key, {}):
            declaration = symbols.heads.get(other)
            if declaration is not None and declaration.domain.kind != "function":
                arguments.append(declaration.head)
    head = function_head(symbols.heads[key].name)
    return head(*builder.all(term.args, environment), *arguments)


def _number(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    return Rational(term.data.numerator, term.data.denominator)


_CONSTANTS = {"pi": pi, "e": E, "infinity": oo, "i": I}


def _power(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    root, exponent = term.args
    if root.head == "letter" and exponent.head == "number" and exponent.data.denominator == 1 and exponent.data > 1:
        declaration = builder.symbols.heads.get((str(root.data), len(root.args)))
        if declaration is not None and declaration.power > 1 and str(root.data) not in environment:
            return _declared(builder, root, environment, int(exponent.data))
    if root.head == "declared" and root.data.entry.power > 1 and exponent.head == "number" and exponent.data.denominator == 1:
        return _own(builder, root, environment, int(exponent.data))
    if is_transposed(term) or root.head == "matrix":
        return function_head("power")(builder.build(root, environment), builder.build(exponent, environment))
    base, raised = builder.build(root, environment), builder.build(exponent, environment)
    if base.is_number and raised.is_number and not _is_small(base, raised):
        return Pow(base, raised, evaluate=False)
    if isinstance(base, Pow) and not base.exp.is_integer and not base.base.is_nonnegative:
        return Pow(base, raised, evaluate=False)
    return Pow(base, raised)


def is_transposed(term: Term) -> bool:
    """Whether the exponent marks a transpose."""
    return term.args[1].head == "transpose"


def _is_small(base: Expr, exponent: Expr) -> bool:
    if not base.is_Rational or not exponent.is_Rational:
        return not (base.has(Pow) or exponent.has(Pow)) and (not exponent.is_Integer or abs(exponent) < MAX_BITS)
    bits = max(abs(int(base.p)).bit_length(), int(base.q).bit_length())
    return bool(bits * abs(exponent) <= MAX_BITS and int(exponent.q).bit_length() < 32)


def _apply(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    arguments = builder.all(term.args, environment)
    name = str(term.data)
    head = FUNCTIONS[name]
    if name in _UNEVALUATED:
        return head(*arguments, evaluate=False)
    if name == "exp" and arguments[0].has(log):
        return exp(arguments[0], evaluate=False)
    if name == "exp" and arguments[0].is_number and arguments[0].is_Rational and abs(arguments[0]) > MAX_BITS:
        return exp(arguments[0], evaluate=False)
    if any(_is_towering(argument) for argument in arguments):
        return head(*arguments, evaluate=False)
    return head(*arguments)


def _is_towering(argument: Expr) -> bool:
    """Whether evaluating a function of the argument would evaluate an immense number."""
    return any((isinstance(part, (Pow, factorial, binomial)) and part.is_number and not part.is_Rational and
    part.has(factorial, binomial))
               or (isinstance(part, Pow) and part.base.is_Rational and part.exp.is_number and not _is_small(part.base,
               part.exp))
               for part in argument.atoms(Pow, factorial, binomial))  # fmt: skip


def _structure(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    name = "".join(c if c.isalnum() else "_" for c in str(term.data)).strip("_") or "mark"
    return function_head(name)(*builder.all(term.args, environment))


def _opaque(name: str) -> Callable[[Builder, Term, Mapping[str, Symbol]], Expr]:
    return lambda builder, term, environment: function_head(name)(*builder.all(term.args, environment))


def _relation(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    names = (
        "_".join(str(relation).lstrip("\\") for relation in term.data)
        .replace("=", "equals")
        .replace("<", "below")
        .replace(">", "above")
    )
    return function_head(names)(*builder.all(term.args, environment))


def _norm(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    return function_head(f"norm_{term.data}")(*builder.all(term.args, environment))


def _bars(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    if term.args[0].head in ("structure", "transpose", "matrix"):
        return function_head("bars")(*builder.all(term.args, environment))
    return Abs(builder.build(term.args[0], environment))


def _declared_head(builder: Builder, term: Term, environment: Mapping[str, Symbol]) -> Expr:
    """A symbol of a derivation, with its own head."""
    return _own(builder, term, environment, 1)


def _own(builder: Builder, term: Term, environment: Mapping[str, Symbol], power: int) -> Expr:
    entry: Declaration = term.data.entry
    hidden = term.data.hidden
    if term.data.whole:
        return matrix_of(entry.head[ROW, COLUMN]) if len(entry.axes) == 2 else entry.head
    values = [hidden[a.data] if a.head == "hidden" else builder.build(a, environment) for a in term.args]
    head = entry.head
    if entry.domain.kind == "function":
        return head(*values)
    if values:
        head = head[tuple(values)]
    return head if entry.power == power else Pow(head, Rational(power, entry.power))


BUILDERS: dict[str, Callable[[Builder, Term, Mapping[str, Symbol]], Expr]] = {
    "number": _number,
    "declared": _declared_head,
    "constant": lambda builder, term, environment: _CONSTANTS[term.data],
    "letter": _letter,
    "add": lambda builder, term, environment: Add(*builder.all(term.args, environment)),
    "multiply": lambda builder, term, environment: Mul(*builder.all(term.args, environment)),
    "power": _power,
    "apply": _apply,
    "call": lambda builder, term, environment: function_head(str(term.data))(*builder.all(term.args, environment)),
    "sum": fold(Sum),
    "product": fold(Product),
    "delta": lambda builder, term, environment: KroneckerDelta(*builder.all(term.args, environment)),
    "indicator": indicator,
    "derivative": derivative,
    "integral": integral,
    "substitute": substituted,
    "relation": _relation,
    "norm": _norm,
    "bars": _bars,
    "structure": _structure,
    "matrix": _opaque("matrix"),
    "bare": _opaque("bare"),
    "member": condition,
    **{name: _opaque(name) for name in ("transpose", "trace", "determinant", "diagonal", "inner", "hadamard")},
}
"""Head of a term → how it is built."""

__all__ = ["BUILDERS", "FUNCTIONS", "Builder", "plain"]
