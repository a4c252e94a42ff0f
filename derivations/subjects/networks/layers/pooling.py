"""Pools: windows that take a maximum or an average; adaptive and global ones that choose their windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from derivations.subjects.networks.layers.convolution import Padding, ends, positive_room
from derivations.subjects.networks.layers.protocol import Pair, image, pair
from derivations.subjects.networks.sizes import Rounding, Shape, Size, product_of
from derivations.subjects.networks.terms import Term
from derivations.subjects.networks.windows import Window


def pool_terms(function: str, inputs: Size, units: Size, taps: Size) -> tuple[Term, ...]:
    """Terms of a pool with that many inputs, outputs and taps in all."""
    found = (
        Term("units", "pooled unit", units),
        Term("activations", "pooled unit", units),
        Term("connections", "pool", taps),
        Term("multiply_accumulates", "pool inputs", inputs),
    )
    if function != "average":
        return found
    return (
        *found,
        Term("multiply_accumulates", "average inputs", inputs),
        Term("multiply_accumulates", "average taps and divisions", taps + units),
        Term("additions", "pool", taps - units),
        Term("multiplications", "pool", units),
    )


@dataclass(frozen=True)
class Pool:
    """Windows of kernel×kernel in each channel; `stride` is the kernel unless given. `ceil` keeps a last window that
    reaches over the end. A `trainable` average has a coefficient and a bias for each channel (LeNet-5)."""

    kind: ClassVar[str] = "pool"
    function: str
    kernel: Pair
    stride: Pair | None = None
    padding: Padding = 0
    dilation: Pair = 1
    ceil: bool = False
    trainable: bool = False

    def __post_init__(self) -> None:
        if self.function not in ("max", "average"):
            raise ValueError(f"pool {self.function!r}: known functions are max and average")

    def windows(self, shape: Shape = ()) -> tuple[Window, ...]:
        """The windows over rows and over columns."""
        strides = pair(self.kernel if self.stride is None else self.stride)
        parts = zip(pair(self.kernel), strides, pair(self.dilation), ends(self.padding), strict=True)
        same = self.padding == "same"
        return tuple(Window(k, s, d, a, b, same, self.ceil) for k, s, d, (a, b) in parts)

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(channels, rows, columns). Raises: ShapeMismatch."""
        shape, windows = image(inputs), self.windows()
        found = (shape[0], *(w.outputs(length, rounding) for w, length in zip(windows, shape[1:], strict=True)))
        positive_room(windows, shape, found, inputs)
        return found

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Taps, and coefficients and biases when it is trainable."""
        units = product_of(output)
        found = pool_terms(self.function, product_of(inputs[0]), units, units * product_of(pair(self.kernel)))
        if self.trainable:
            found += (
                Term("parameters", "pool", output[0]),
                Term("parameters", "pool bias", output[0]),
                Term("connections", "pool bias", units),
                Term("additions", "pool bias", units),
            )
        return found


@dataclass(frozen=True)
class AdaptivePool:
    """As many windows as asked for: position i reads from ⌊i·W/out⌋ up to ⌈(i+1)·W/out⌉."""

    kind: ClassVar[str] = "adaptive-pool"
    function: str
    out: Pair

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """Regular windows when `out` divides the sizes; None (everything) when it is 1 or they differ in size."""
        found = []
        for length, count in zip(shape[1:], pair(self.out), strict=True):
            if not isinstance(length, int) or not isinstance(count, int) or length % count or count == 1:
                return None
            found.append(Window(length // count, length // count))
        return tuple(found)

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(channels, *out). Raises: ShapeMismatch."""
        return (image(inputs)[0], *pair(self.out))

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Taps."""
        along = [_taps(length, count) for length, count in zip(inputs[0][1:], output[1:], strict=True)]
        return pool_terms(self.function, product_of(inputs[0]), product_of(output), output[0] * product_of(along))


def _taps(length: Size, count: Size) -> Size:
    if not isinstance(length, int) or not isinstance(count, int):
        return length  # windows side by side
    return sum(-((-(i + 1) * length) // count) - i * length // count for i in range(count))


@dataclass(frozen=True)
class GlobalPool:
    """One window over everything, for each channel; the output is the vector of channels unless `keep` says 1×1."""

    kind: ClassVar[str] = "global-pool"
    function: str = "average"
    keep: bool = False

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """None: it sees everything."""
        return None

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(channels,) or (channels, 1, 1). Raises: ShapeMismatch."""
        return (image(inputs)[0], 1, 1) if self.keep else (image(inputs)[0],)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Taps."""
        return pool_terms(self.function, product_of(inputs[0]), output[0], product_of(inputs[0]))
