"""Products and powers on paper: one sign, one fraction, indicators before data, functions and sums last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Basic, Expr, Integer, Mul, Pow, Product, Rational, Symbol
from sympy.tensor.indexed import Indexed

from derivations.render.layout import (
    Applied,
    Binding,
    Factors,
    Fenced,
    Fraction,
    Layout,
    Letters,
    Marked,
    Power,
    Root,
    Terms,
    binding,
    closed,
    fenced,
)
from derivations.render.notation import Notation, has_superscript
from derivations.render.ordering import (
    BIG,
    BRACKET,
    DATA,
    FUNCTION,
    INDICATOR,
    class_of_factor,
    factors_of,
    order_factors,
)

Compose = Callable[[Basic], Layout]
_HALF = Rational(1, 2)


def signed_layout(term: Expr, compose: Compose, notation: Notation) -> tuple[int, Layout]:
    """A term as (sign, layout of its absolute value)."""
    sign, tops, bottoms, over, under = _split(term)
    over, under = order_factors(over, notation), order_factors(under, notation)
    if not bottoms and not under:
        return sign, _side(tops, over, compose, notation)
    front, top, back = _share_out(over, under, notation)
    if front and not top:
        front, top = [], front
    bar = _bar(_side(tops, top, compose, notation), _side(bottoms, under, compose, notation))
    around = [_side([], [factor], compose, notation) for factor in back]
    if not front and not around:
        return sign, bar
    return sign, _side_by_side([*(compose(factor) for factor in front), bar, *around])


def _bar(top: Layout, bottom: Layout) -> Layout:
    """A fraction; a root over a root is the root of a fraction."""
    if isinstance(top, Root) and isinstance(bottom, Root):
        return Root(Fraction(top.body, bottom.body))
    return Fraction(top, bottom)


def product_layout(term: Expr, compose: Compose, notation: Notation) -> Layout:
    """A product, quotient or reciprocal power with its sign."""
    sign, layout = signed_layout(term, compose, notation)
    return layout if sign > 0 else Terms(((-1, fenced(layout, Binding.OPEN)),))


def power_layout(power: Pow, compose: Compose, notation: Notation) -> Layout:
    """base^exponent: a root, a declared square unfolded (σ_d⁴ for (σ_d²)²), or a raised exponent."""
    base, exponent = power.base, power.exp
    if _goes_below(power):
        return product_layout(power, compose, notation)
    if isinstance(base, (Symbol, Indexed)):
        head = base.base if isinstance(base, Indexed) else base
        declared = notation.power(head)
        if declared != 1:
            return raised(lettered(base, compose, notation), exponent * declared, compose)
    if exponent == _HALF:
        return Root(compose(base))
    return raised(compose(base), exponent, compose)


def lettered(symbol: Expr, compose: Compose, notation: Notation) -> Layout:
    """The letter of a symbol as it is shown, before any declared power."""
    head, indices = (symbol.base, symbol.indices) if isinstance(symbol, Indexed) else (symbol, ())
    fields = tuple(compose(index) for index in indices)
    declared = notation.marked(head, fields)
    if declared is not None:
        return declared
    letter = notation.letter(head.name if isinstance(symbol, Symbol) else str(head.label))
    if not fields:
        return letter
    slots = "".join(f"{{{position}}}" for position in range(len(fields)))
    stem = "{{" + letter.latex.replace("{", "{{").replace("}", "}}") + "}}" if "_" in letter.latex else letter.latex
    return Marked(f"{stem}_{{{{{slots}}}}}", fields)


OPERATORS = (r"\nabla", r"\det", r"\log")
"""How the template of a function begins whose power would be read as one of its argument."""


def raised(base: Layout, exponent: Expr, compose: Compose) -> Layout:
    """The base with its exponent, in parentheses unless it is a plain letter."""
    if exponent == 1:
        return base
    doubled = isinstance(base, Marked) and (has_superscript(base.template) or base.template.startswith(OPERATORS))
    loose = binding(base) < Binding.ATOM or isinstance(base, (Applied, Root)) or doubled
    return Power(Fenced("(", base, ")") if loose else base, exponent_layout(exponent, compose))


def exponent_layout(exponent: Expr, compose: Compose) -> Layout:
    """An exponent: rational numbers with a slash."""
    if isinstance(exponent, Rational) and not isinstance(exponent, Integer):
        return Letters(f"{exponent.p}/{exponent.q}")
    return compose(exponent)


def _split(term: Expr) -> tuple[int, list[Layout], list[Layout], list[Expr], list[Expr]]:
    """Sign, numbers above, numbers below, factors above, factors below."""
    sign, tops, bottoms = 1, list[Layout](), list[Layout]()
    over, under = list[Expr](), list[Expr]()
    numbers = [factor for factor in factors_of(term) if factor.is_Number]
    for factor in factors_of(term):
        if factor.is_Number:
            if factor.is_extended_negative:
                sign, factor = -sign, -factor
            _place_number(factor, len(numbers) > 1, tops, bottoms)
        elif isinstance(factor, Pow) and _goes_below(factor):
            under.append(factor.base if factor.exp == -1 else Pow(factor.base, -factor.exp, evaluate=False))
        else:
            over.append(factor)
    if len(numbers) == 1:
        _root_below(abs(numbers[0]), bottoms, over, under)
    return sign, tops, bottoms, over, under


def _root_below(number: Expr, bottoms: list[Layout], over: list[Expr], under: list[Expr]) -> None:
    """√n / (n q) is written 1/(q √n), as before SymPy rationalised the denominator."""
    for factor in list(over):
        if isinstance(factor, Pow) and factor.exp == _HALF and factor.base.is_Integer and number.is_Rational:
            rest, remainder = divmod(number.q, int(factor.base))
            if remainder == 0:
                over.remove(factor)
                under.append(factor)
                bottoms[:] = [] if rest == 1 else [Letters(str(rest))]
                return


def _place_number(number: Expr, one_of_many: bool, tops: list[Layout], bottoms: list[Layout]) -> None:
    """A lone rational is spread over the fraction bar; of several, each keeps its own."""
    if isinstance(number, Rational) and number.q != 1:
        if one_of_many:
            tops.append(Fraction(Letters(str(number.p)), Letters(str(number.q))))
            return
        bottoms.append(Letters(str(number.q)))
        if number.p != 1:
            tops.append(Letters(str(number.p)))
    elif number != 1 or one_of_many:
        tops.append(number_letters(number))


def number_letters(number: Expr) -> Letters:
    """A number that is not negative and not a fraction."""
    return Letters({"oo": r"\infty", "zoo": r"\tilde\infty", "nan": r"\mathrm{nan}"}.get(str(number), str(number)))


def _goes_below(power: Pow) -> bool:
    """Whether a power is written under a fraction bar."""
    if isinstance(power.base, Product) and not power.exp.is_integer:
        return False
    return bool(power.exp.could_extract_minus_sign()) and not power.exp.is_Add


def _share_out(
    over: Sequence[Expr], under: Sequence[Expr], notation: Notation
) -> tuple[list[Expr], list[Expr], list[Expr]]:
    """The numerator's factors: before the fraction, on its top, after it."""
    below = {class_of_factor(factor, notation) for factor in under}
    if below & {BRACKET, FUNCTION, BIG, INDICATOR}:
        return [], list(over), []
    after = {FUNCTION, BIG} if below else {FUNCTION, BIG, BRACKET}
    front, top, back = list[Expr](), list[Expr](), list[Expr]()
    for factor in over:
        kind = class_of_factor(factor, notation)
        (back if kind in after else front if kind == INDICATOR else top).append(factor)
    return front, top, back


def _side(numbers: Sequence[Layout], factors: Sequence[Expr], compose: Compose, notation: Notation) -> Layout:
    """Numbers and factors in a row, square roots of letters and numbers under one root sign."""
    under_root = [f for f in factors if _is_plain_root(f, notation)]
    rooted = [Root(_side([], [f.base for f in under_root], compose, notation))] if under_root else []
    rest = [f for f in factors if f not in under_root]
    return _side_by_side([*numbers, *rooted, *(compose(factor) for factor in rest)])


def _is_plain_root(factor: Expr, notation: Notation) -> bool:
    """√ of a number, constant or letter that is not itself declared as a square."""
    if not (isinstance(factor, Pow) and factor.exp == _HALF) or class_of_factor(factor, notation) > DATA:
        return False
    base = factor.base
    head = base.base if isinstance(base, Indexed) else base
    return notation.power(head) == 1


def _side_by_side(items: Sequence[Layout]) -> Layout:
    """The items as one product: only the last may have an open scope, and only when it is the only one."""
    if not items:
        return Letters("1")
    if len(items) == 1:
        return items[0]
    several = sum(binding(item) is Binding.OPEN for item in items) > 1
    last = items[-1] if binding(items[-1]) is Binding.OPEN and not several else closed(items[-1])
    flat: list[Layout] = []
    for item in (*(closed(item) for item in items[:-1]), last):
        flat.extend(item.items if isinstance(item, Factors) else (item,))
    return Factors(tuple(flat))


def multiply(factors: Sequence[Expr]) -> Expr:
    """The product of the factors without any evaluation."""
    if len(factors) < 2:
        return factors[0] if factors else Integer(1)
    return Mul(*factors, evaluate=False)
