"""A count as a function of one size: relaxed formula, derivative, critical points, signs, and the exact maximum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from sympy import Expr, Poly, Rational, Symbol, factor, fraction, oo, real_roots, together
from sympy.polys.polyerrors import PolynomialError

from derivations.subjects.networks.conventions import Convention, convention
from derivations.subjects.networks.counts import count, total
from derivations.subjects.networks.graph import INPUT, Network
from derivations.subjects.networks.sizes import Shape, Size, no_rounding, share
from derivations.subjects.networks.terms import ShapeMismatch
from derivations.subjects.networks.variation import field_of, symbols_of, with_size

MAX_TRIED = 100_000
CHANNELS = "C"
"""The letter of the channels that a kernel sees."""
_WIDTHS = frozenset(("out", "hidden", CHANNELS))
_ENDLESS = _WIDTHS | {"padding"}
_SIGNS = {1: "rises", -1: "falls", 0: "stays"}


class NoChart(ValueError):
    """A count that is no rational function of the size, or does not depend on it."""

    def __init__(self, place: str, quantity: str, why: str) -> None:
        self.place, self.quantity, self.why = place, quantity, why
        super().__init__(f"no chart of {quantity} by {place}: {why}")


@dataclass(frozen=True)
class Chart:
    """How a count depends on one size.

    `relaxed`: the formula without floors; `slope`: its derivative, factored; `critical`: the zeros of the derivative
    that are ≥ 0; `signs`: (from, to, rises or falls); `relaxed_maximum`: where the relaxation is largest among the
    values that leave an output, or None; `exact`: (value, count with floors) for every whole value tried; `argmax`: all
    whole values with the largest count, certified by trying every one that fits, and () when the count grows without end.
    """

    place: str
    quantity: str
    symbol: Symbol
    relaxed: Expr
    slope: Expr
    critical: tuple[Expr, ...]
    signs: tuple[tuple[Expr, Expr, str], ...]
    relaxed_maximum: Expr | None
    exact: tuple[tuple[int, int], ...]
    argmax: tuple[int, ...]

    @property
    def maximum(self) -> int:
        """The largest exact count."""
        return max(value for _, value in self.exact)


def chart(
    network: Network,
    place: str,
    quantity: str = "connections",
    under: str | Convention = "standard",
    whole: bool = False,
) -> Chart:
    """The chart of a size such as conv1.F: of its layer's count, or with `whole` of the network's total.

    Raises: UnknownLayer, UnknownSize, NoChart.

    >>> from derivations.subjects.networks.reading import architecture
    >>> found = chart(architecture("alexnet-2012"), "conv1.F")
    >>> found.critical, found.relaxed_maximum, found.argmax
    ((0, 231/2, 231), 231/2, (115,))
    """
    rules = convention(under)
    layer, _, letter = place.rpartition(".")
    shape = network.shapes_into(network[layer])[0]
    if letter == CHANNELS and len(shape) == 3 and not whole:
        field, alone = CHANNELS, _alone(network, layer)
        groups = getattr(network[layer].layer, "groups", 1)
        present = share(shape[0], groups)

        def changed(value: Size) -> Network:
            return replace(alone, input=(value * groups, *shape[1:]))
    else:
        field = field_of(network[layer].layer, letter)
        present = getattr(network[layer].layer, field)
        start = network if whole else _alone(network, layer)

        def changed(value: Size) -> Network:
            return with_size(start, place, value)

    others = symbols_of(changed(1))
    if others:
        raise NoChart(place, quantity, f"the network holds the letters {', '.join(sorted(map(str, others)))}; set them first")
    symbol = Symbol(letter, positive=True)
    relaxed = _relaxed(changed(symbol), layer, quantity, rules, whole)
    if symbol not in relaxed.free_symbols:
        raise NoChart(place, quantity, "it does not depend on the size")
    try:
        relaxed = factor(relaxed)
        slope = factor(relaxed.diff(symbol))
        numerator = Poly(fraction(together(slope))[0], symbol)
        critical = tuple(dict.fromkeys(root for root in real_roots(numerator) if root >= 0)) if numerator.degree() else ()
    except PolynomialError as error:
        raise NoChart(place, quantity, f"the relaxation is no rational function of {letter}") from error
    exact = _tried(changed, _range(field, present, shape), layer, quantity, rules, whole)
    if not exact:
        raise NoChart(place, quantity, "no whole value fits")
    ends = (Rational(0), *(c for c in critical if c != 0), oo)
    signs = tuple((a, b, _SIGNS[_sign(slope, symbol, a, b)]) for a, b in pairwise(ends))
    peak = max(value for _, value in exact)
    endless = field in _ENDLESS and signs[-1][2] == _SIGNS[1]
    argmax = () if endless else tuple(size for size, value in exact if value == peak)
    return Chart(
        place, quantity, symbol, relaxed, slope, critical, signs,
        _relaxed_maximum(signs, exact), exact, argmax,
    )  # fmt: skip


def _alone(network: Network, layer: str) -> Network:
    """The layer with the shape that reaches it as the input: what comes after sets no limits."""
    node = network[layer]
    if len(node.inputs) != 1:
        return network
    return Network(network.name, network.shapes_into(node)[0], (replace(node, inputs=(INPUT,)),))


def _relaxed(network: Network, layer: str, quantity: str, rules: Convention, whole: bool) -> Expr:
    shapes = network.shapes_in(no_rounding)
    parts = []
    for node in network.nodes:
        if whole or node.name == layer:
            terms = node.layer.terms([shapes[name] for name in node.inputs], shapes[node.name])
            parts.append(rules.value(quantity, terms))
    return Rational(1) * total(parts)


def _range(field: str, present: Size, shape: Shape) -> range:
    """The whole values worth trying: windows that fit on the axis, and a few times the channels there are."""
    longest = max((side for side in shape[1:] if isinstance(side, int)), default=1)
    reach = 4 * present if field in _WIDTHS and isinstance(present, int) else 3 * longest
    return range(0 if field == "padding" else 1, min(reach, MAX_TRIED) + 1)


def _tried(
    changed: Callable[[Size], Network], values: range, layer: str, quantity: str, rules: Convention, whole: bool
) -> tuple[tuple[int, int], ...]:
    found = []
    for value in values:
        try:
            counts = count(changed(value), rules)
        except ShapeMismatch:
            continue
        found.append((value, counts.totals[quantity] if whole else counts[layer][quantity]))
    return tuple(found)


def _sign(slope: Expr, symbol: Symbol, start: Expr, end: Expr) -> int:
    middle = start + 1 if end is oo else (start + end) / 2
    value = slope.subs(symbol, middle)
    return 1 if value > 0 else -1 if value < 0 else 0


def _relaxed_maximum(signs: tuple[tuple[Expr, Expr, str], ...], exact: tuple[tuple[int, int], ...]) -> Expr | None:
    """Where a rise is followed by a fall, among the sizes that leave an output."""
    largest = exact[-1][0]
    for (_, turn, before), (_, _, after) in pairwise(signs):
        if before == "rises" and after == "falls" and turn <= largest:
            return turn
    return None
