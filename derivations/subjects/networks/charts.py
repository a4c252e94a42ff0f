"""A count as a function of one size: relaxed formula, derivative, critical points, signs, and the exact maximum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from sympy import Expr, Poly, Rational, Symbol, factor, fraction, oo, real_roots, together
from sympy.polys.polyerrors import PolynomialError

from derivations.subjects.networks.conventions import Convention, convention
from derivations.subjects.networks.counts import count, total
from derivations.subjects.networks.graph import INPUT, Network
from derivations.subjects.networks.sizes import no_rounding
from derivations.subjects.networks.terms import ShapeMismatch
from derivations.subjects.networks.variation import field_of, with_size

MAX_TRIED = 100_000
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
    values that leave an output, or None at an open end; `exact`: (value, count with floors) for every whole value
    tried; `argmax`: all whole values with the largest count, certified by trying every one.
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
    field = field_of(network[layer].layer, letter)
    symbol = Symbol(letter, positive=True)
    if not whole:
        network = _alone(network, layer)
    relaxed = _relaxed(with_size(network, place, symbol), layer, quantity, rules, whole)
    if symbol not in relaxed.free_symbols:
        raise NoChart(place, quantity, "it does not depend on the size")
    try:
        relaxed = factor(relaxed)
        slope = factor(relaxed.diff(symbol))
        numerator = Poly(fraction(together(slope))[0], symbol)
        critical = tuple(dict.fromkeys(root for root in real_roots(numerator) if root >= 0)) if numerator.degree() else ()
    except PolynomialError as error:
        raise NoChart(place, quantity, f"the relaxation is no rational function of {letter}") from error
    exact = _tried(network, place, layer, field, quantity, rules, whole)
    if not exact:
        raise NoChart(place, quantity, "no whole value fits")
    ends = (Rational(0), *(c for c in critical if c != 0), oo)
    signs = tuple((a, b, _SIGNS[_sign(slope, symbol, a, b)]) for a, b in pairwise(ends))
    peak = max(value for _, value in exact)
    argmax = tuple(size for size, value in exact if value == peak)
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


def _tried(
    network: Network, place: str, layer: str, field: str, quantity: str, rules: Convention, whole: bool
) -> tuple[tuple[int, int], ...]:
    shape = network.shapes_into(network[layer])[0]
    longest = max((side for side in shape[1:] if isinstance(side, int)), default=1)
    present = getattr(network[layer].layer, field)
    reach = 4 * present if field in ("out", "hidden") and isinstance(present, int) else 3 * longest
    found = []
    for value in range(0 if field == "padding" else 1, min(reach, MAX_TRIED) + 1):
        try:
            counts = count(with_size(network, place, value), rules)
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
