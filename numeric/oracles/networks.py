"""Network arithmetic counted tap by tap with loops, and receptive fields found by poking the input.

Nothing here is fast or clever: positions are found by moving a window until it no longer fits, weights by collecting
the indices that are used, and what an output depends on by changing one input and looking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

_FAR = 10**12


@dataclass(frozen=True)
class Axis:
    """A window along one axis: `kernel` taps `dilation` apart, moved by `stride`, with zeros before and after."""

    length: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil: bool = False


@dataclass(frozen=True)
class Tally:
    """What was counted: outputs, taps read, taps that fell in the padding, and distinct weights."""

    outputs: int
    taps: int
    outside: int
    weights: int


def starts(axis: Axis) -> list[int]:
    """Where the window may stand, from −before on: inside the padded axis; with `ceil` it may hang over the end as
    long as it starts before the end of the input or of the padding before it."""
    last = axis.length + axis.after
    extent = 1 + sum(axis.dilation for _ in range(axis.kernel - 1))
    found, start = [], -axis.before
    while start + extent <= last or (axis.ceil and start < axis.length and start + extent < last + axis.stride):
        found.append(start)
        start += axis.stride
    return found


def convolution(channels: int, out: int, groups: int, rows: Axis, columns: Axis) -> Tally:
    """Count a convolution of `out` kernels over an image, each over its own group of the channels.

    >>> convolution(2, 4, 2, Axis(5, 3), Axis(5, 3, 2))
    Tally(outputs=24, taps=216, outside=0, weights=36)
    """
    outputs = taps = outside = 0
    weights: set[tuple[int, int, int, int]] = set()
    for kernel in range(out):
        group = kernel * groups // out
        own = [c for c in range(channels) if c * groups // channels == group]
        for top, left in product(starts(rows), starts(columns)):
            outputs += 1
            for channel, a, b in product(own, range(rows.kernel), range(columns.kernel)):
                row, column = top + a * rows.dilation, left + b * columns.dilation
                taps += 1
                outside += not (0 <= row < rows.length and 0 <= column < columns.length)
                weights.add((kernel, channel, a, b))
    return Tally(outputs, taps, outside, len(weights))


def transposed(channels: int, out: int, rows: Axis, columns: Axis, extra: int = 0) -> Tally:
    """Count a transposed convolution: every input writes kernel×kernel outputs; what falls off the ends is outside."""
    heights = [_written_length(axis, extra) for axis in (rows, columns)]
    taps = outside = 0
    weights: set[tuple[int, int, int, int]] = set()
    for channel, row, column, kernel in product(range(channels), range(rows.length), range(columns.length), range(out)):
        for a, b in product(range(rows.kernel), range(columns.kernel)):
            taps += 1
            y = row * rows.stride + a * rows.dilation - rows.before
            x = column * columns.stride + b * columns.dilation - columns.before
            outside += not (0 <= y < heights[0] and 0 <= x < heights[1])
            weights.add((channel, kernel, a, b))
    return Tally(out * heights[0] * heights[1], taps, outside, len(weights))


def _written_length(axis: Axis, extra: int) -> int:
    last = max(i * axis.stride + a * axis.dilation for i in range(axis.length) for a in range(axis.kernel))
    return last + 1 - axis.before - axis.after + extra


def pool(channels: int, rows: Axis, columns: Axis) -> Tally:
    """Count a pool: every output reads its window in its own channel."""
    tally = convolution(1, 1, 1, rows, columns)
    return Tally(channels * tally.outputs, channels * tally.taps, channels * tally.outside, 0)


def recurrent(steps: int, features: int, hidden: int, gates: int, biases: int) -> dict[str, int]:
    """Count a recurrent layer step by step: weights and biases by the indices used, products as they are made."""
    weights: set[tuple[str, int, int, int]] = set()
    vectors: set[tuple[int, int, int]] = set()
    products = 0
    for _, gate, unit in product(range(steps), range(gates), range(hidden)):
        for source, count in (("input", features), ("state", hidden)):
            for k in range(count):
                weights.add((source, gate, unit, k))
                products += 1
        vectors |= {(number, gate, unit) for number in range(biases)}
    return {"weights": len(weights), "biases": len(vectors), "multiplications": products}


def attention(positions: int, width: int, heads: int, asked: int | None = None) -> int:
    """Multiplications of multi-head attention, made one by one: four linear maps, the scores, the averages."""
    others = positions if asked is None else asked
    count = 0
    for places in (positions, others, others, positions):
        count += sum(1 for _ in product(range(places), range(width), range(width)))
    for _ in product(range(heads), range(positions), range(others)):
        count += sum(1 for _ in range(width // heads))  # the score
        count += sum(1 for _ in range(width // heads))  # its part of the average
    return count


# ---------------------------------------------------------------------- poking


@dataclass(frozen=True)
class Line:
    """A layer over one axis for `poked`: it takes sums ("sum"), maxima ("max") or adds its inputs ("add")."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    window: Axis | None = None
    """Its `length` is not used: the length of what comes in is."""


def run(lines: Iterable[Line], values: Sequence[int], draws: Random) -> dict[str, list[int]]:
    """All layers run on an input, with positive random weights."""
    found: dict[str, list[int]] = {"input": list(values)}
    for line in lines:
        entering = [found[name] for name in line.inputs]
        if line.kind == "add":
            found[line.name] = [sum(column) for column in zip(*entering, strict=True)]
            continue
        window = line.window
        assert window is not None
        (source,) = entering
        here = Axis(
            len(source), window.kernel, window.stride, window.dilation, window.before, window.after, window.ceil
        )
        weights = [draws.randrange(1, 10) for _ in range(window.kernel)]
        outputs = []
        for start in starts(here):
            inside = [(w, source[start + a * here.dilation]) for a, w in enumerate(weights)
                      if 0 <= start + a * here.dilation < len(source)]  # fmt: skip
            outputs.append(
                sum(w * v for w, v in inside) if line.kind == "sum" else max((v for _, v in inside), default=0)
            )
        found[line.name] = outputs
    return found


def poked(lines: Sequence[Line], length: int, seed: int = 0) -> Mapping[str, list[set[int]]]:
    """For each layer and each of its positions, the inputs whose change is seen there.

    >>> first = Line("conv", "sum", ("input",), Axis(0, 3, dilation=2))
    >>> sorted(poked([first, Line("pool", "max", ("conv",), Axis(0, 2, 2))], 9)["pool"][1])
    [2, 3, 4, 5, 6, 7]
    """
    draws = Random(seed)
    values = [draws.randrange(1, 100) for _ in range(length)]
    plain = run(lines, values, Random(seed))
    found: dict[str, list[set[int]]] = {name: [set() for _ in outputs] for name, outputs in plain.items()}
    for place in range(length):
        changed = run(lines, [v + _FAR * (n == place) for n, v in enumerate(values)], Random(seed))
        for name, outputs in changed.items():
            for n, (before, after) in enumerate(zip(plain[name], outputs, strict=True)):
                if before != after:
                    found[name][n].add(place)
    return found
