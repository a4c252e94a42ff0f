"""Sensitivities: elasticities of a count for every size of every layer, and which change would halve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import lcm

from derivations.subjects.networks.conventions import Convention, convention
from derivations.subjects.networks.counts import count, terms_of
from derivations.subjects.networks.graph import BadGraph, Network
from derivations.subjects.networks.layers import Convolution
from derivations.subjects.networks.sizes import Size
from derivations.subjects.networks.slopes import Slope
from derivations.subjects.networks.terms import ShapeMismatch
from derivations.subjects.networks.variation import LETTERS, UnknownSize, symbols_of, with_size

_LETTER_OF = {names[0]: letter for letter, names in LETTERS.items()}
_ASKED = ("out", "kernel", "stride", "padding", "dilation", "hidden")
INPUT_SIDE = "input"
WIDTH = "width"


@dataclass(frozen=True)
class Elasticity:
    """Per cent of change of a count for one per cent of change of a size; None when the size is tied to others."""

    layer: str
    size: str
    value: int
    elasticity: Fraction | None
    reason: str = ""

    @property
    def place(self) -> str:
        """The size as it is written, such as conv1.F."""
        return f"{self.layer}.{self.size}" if self.size else self.layer


@dataclass(frozen=True)
class Change:
    """One size set to another value, and every count before and after: what it saves, and what else it changes."""

    place: str
    before: int
    after: int
    ratios: Mapping[str, Fraction]

    @property
    def effort(self) -> Fraction:
        """How much of the size is changed: |after − before|/before."""
        return Fraction(abs(self.after - self.before), self.before)


def elasticities(network: Network, quantity: str = "connections", under: str | Convention = "standard") -> tuple[Elasticity, ...]:
    """For every layer and size, (∂ total/∂ size)·size/total in the continuous relaxation, at the exact sizes.

    Sizes that cannot change alone, because a join needs equal shapes or a group needs divisible channels, are listed
    as tied. The largest come first. Raises: UnknownSize when the network holds symbols.

    >>> from derivations.subjects.networks.reading import architecture
    >>> [first, *_] = elasticities(architecture("small-cnn"), "parameters")
    >>> first.place, round(float(first.elasticity), 2)
    ('input', 1.96)
    """
    if symbols_of(network):
        raise UnknownSize("elasticities", "the network holds symbols; give them values", tuple(map(str, symbols_of(network))))
    rules = convention(under)
    found = [_elasticity(network, *size, quantity, rules) for size in _sizes(network)]
    found += [_of_input(network, quantity, rules), *_of_width(network, quantity, rules)]
    return tuple(sorted(found, key=lambda e: (e.elasticity is None, -abs(e.elasticity or 0), e.place)))


def _sizes(network: Network) -> Iterator[tuple[str, str, int]]:
    for node in network.nodes:
        names = {field.name for field in fields(node.layer)}  # type: ignore[arg-type]
        for name in _ASKED:
            value = getattr(node.layer, name, None) if name in names else None
            if isinstance(value, int) and value > 0:
                yield node.name, name, value


def _elasticity(network: Network, layer: str, field: str, value: int, quantity: str, rules: Convention) -> Elasticity:
    letter = _LETTER_OF.get(field, field)
    try:
        changed = network.with_layer(layer, lambda known: replace(known, **{field: Slope(value, 1)}))  # type: ignore[type-var]
        _keep_depthwise(changed)
        return Elasticity(layer, letter, value, _ratio(_total(changed, quantity, rules), value))
    except ShapeMismatch as error:
        return Elasticity(layer, letter, value, None, f"tied by {error.layer}")


def _of_input(network: Network, quantity: str, rules: Convention) -> Elasticity:
    """The elasticity with respect to the side of the image, or the length of the sequence."""
    image = len(network.input) == 3
    value = network.input[1] if image else network.input[0]
    sides = [Slope(side, Fraction(side, value)) if n > 0 or not image else side for n, side in enumerate(network.input)]
    if not image:
        sides[1:] = list(network.input[1:])
    try:
        total = _total(replace(network, input=tuple(sides)), quantity, rules)
        return Elasticity(INPUT_SIDE, "", value, _ratio(total, value))
    except ShapeMismatch as error:
        return Elasticity(INPUT_SIDE, "", value, None, f"tied by {error.layer}")


def _of_width(network: Network, quantity: str, rules: Convention) -> list[Elasticity]:
    """The elasticity with respect to the width: all convolutions but those at the end made wider by one factor."""
    widened, channels = network, 0
    for node in network.nodes:
        layer = node.layer
        if isinstance(layer, Convolution) and isinstance(layer.out, int):
            depthwise = layer.groups != 1 and layer.groups == network.shapes_into(node)[0][0]
            groups = Slope(layer.groups, layer.groups) if depthwise else layer.groups
            wider = replace(layer, out=Slope(layer.out, layer.out), groups=groups)
            widened = widened.with_layer(node.name, lambda _, new=wider: new)  # type: ignore[misc]
            channels = max(channels, layer.out)
    if not channels:
        return []
    total = _total(widened, quantity, rules)
    slope = Fraction(total.slope) / Fraction(total.value) if total.value else Fraction(0)
    return [Elasticity(WIDTH, "", channels, slope, "all channels of convolutions together; the value is the largest")]


def _keep_depthwise(network: Network) -> None:
    """A depthwise convolution has as many groups as channels: neither may change alone. Raises: ShapeMismatch."""
    for node in network.nodes:
        if isinstance(node.layer, Convolution) and node.layer.groups != 1:
            shape = network.shapes_into(node)[0]
            for size in (shape[0], node.layer.out):
                if isinstance(size, Slope) and size.slope and size.value == node.layer.groups:
                    raise ShapeMismatch([shape], "as many groups as channels", node.name)


def _total(network: Network, quantity: str, rules: Convention) -> Slope:
    total: Size = 0
    for terms in terms_of(network, padding=False).values():
        total = total + rules.value(quantity, terms)
    return total if isinstance(total, Slope) else Slope(total)


def _ratio(total: Slope, value: int) -> Fraction:
    return Fraction(total.slope) * value / Fraction(total.value) if total.value else Fraction(0)


# ---------------------------------------------------------------------- reaching a goal


def reductions(
    network: Network,
    quantity: str = "connections",
    goal: Fraction = Fraction(1, 2),
    under: str | Convention = "standard",
) -> tuple[Change, ...]:
    """Every single size that can bring a total down to `goal` times itself, the one changed least first.

    The value given is the nearest to the present one that reaches the goal, found by trying whole numbers with exact
    floors; each change comes with the ratio of every count after to before. What it costs in accuracy is not known here.

    >>> from derivations.subjects.networks.reading import architecture
    >>> [first, *_] = reductions(architecture("small-cnn"), "parameters")
    >>> first.place, first.before, first.after
    ('input', 64, 45)
    """
    rules = convention(under)
    before = count(network, rules).totals
    limit = before[quantity] * goal
    found = []
    for layer, field, value in _sizes(network):
        place = f"{layer}.{_LETTER_OF.get(field, field)}"
        step = _step(network) if field == "out" else 1
        candidates = _candidates(field, value, step, network)
        after = _first_below(network, place, candidates, quantity, rules, limit)
        if after is not None:
            found.append(_change(network, place, value, after, rules, before))
    found += _input_change(network, quantity, rules, limit, before)
    return tuple(sorted(found, key=lambda change: (change.effort, change.place)))


def _step(network: Network) -> int:
    """Channels change in steps that all groups divide."""
    groups = [n.layer.groups for n in network.nodes if isinstance(n.layer, Convolution) and isinstance(n.layer.groups, int)]
    return lcm(*[g for g in groups if g <= 4]) if groups else 1


def _candidates(field: str, value: int, step: int, network: Network) -> range:
    if field == "stride":
        return range(value + 1, max((s for s in network.input[1:] if isinstance(s, int)), default=value) + 1)
    return range(value - step, 0 if field != "padding" else -1, -step)


def _first_below(
    network: Network, place: str, candidates: range, quantity: str, rules: Convention, limit: Fraction
) -> int | None:
    """The first candidate that reaches the limit; by halving, since counts are monotone along the candidates."""
    low, high = 0, len(candidates) - 1
    best = None
    while low <= high:
        middle = (low + high) // 2
        total = _counted(network, place, candidates[middle], quantity, rules)
        if total is None:  # too far: nothing is left of the image
            high = middle - 1
        elif total <= limit:
            best, high = candidates[middle], middle - 1
        else:
            low = middle + 1
    return best


def _counted(network: Network, place: str, value: int, quantity: str, rules: Convention) -> int | None:
    try:
        changed = with_size(network, place, value)
        total: int = count(changed, rules).totals[quantity]
    except (ShapeMismatch, BadGraph):
        return None
    return total


def _change(network: Network, place: str, value: int, after: int, rules: Convention, before: Mapping[str, Size]) -> Change:
    totals = count(with_size(network, place, after), rules).totals
    return Change(place, value, after, {q: Fraction(totals[q], n) for q, n in before.items() if n})


def _input_change(
    network: Network, quantity: str, rules: Convention, limit: Fraction, before: Mapping[str, Size]
) -> list[Change]:
    if len(network.input) != 3 or network.input[1] != network.input[2]:
        return []
    side = network.input[1]
    for smaller in range(side - 1, 0, -1):
        try:
            totals = count(replace(network, input=(network.input[0], smaller, smaller)), rules).totals
        except ShapeMismatch:
            return []
        if totals[quantity] <= limit:
            return [Change(INPUT_SIDE, side, smaller, {q: Fraction(totals[q], n) for q, n in before.items() if n})]
    return []
