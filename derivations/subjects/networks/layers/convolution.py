"""Convolutions: plain (with groups, dilation, SAME padding), transposed, and depthwise separable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from derivations.subjects.networks.layers.protocol import Pair, image, pair
from derivations.subjects.networks.sizes import Rounding, Shape, Size, product_of, share
from derivations.subjects.networks.terms import ShapeMismatch, Term
from derivations.subjects.networks.windows import Window

Padding = Size | str | tuple[Size, Size] | tuple[tuple[Size, Size], tuple[Size, Size]]


def ends(padding: Padding) -> tuple[tuple[Size, Size], tuple[Size, Size]]:
    """((top, bottom), (left, right)) of a padding given as p, (rows, columns) or in full."""
    rows, columns = pair(0 if isinstance(padding, str) else padding)
    return pair(rows), pair(columns)


def positive_room(windows: Sequence[Window], shape: Shape, output: Shape, inputs: Sequence[Shape]) -> None:
    """Every axis has at least one position. Raises: ShapeMismatch."""
    for window, length, count in zip(windows, shape[1:], output[1:], strict=True):
        if isinstance(count, int) and count < 1:
            raise ShapeMismatch(inputs, f"at least {window.extent - window.before - window.after} rows and columns, not {length}")


@dataclass(frozen=True)
class Convolution:
    """out kernels of kernel×kernel over channels/groups channels.

    Output ⌊(W + padding − extent)/stride⌋ + 1; weights F²·C·M; connections = units·F²·C, with C channels per group.
    `padding`: a size, one for each axis, one for each end, "same" or "valid". `links`: number of (input map, output
    map) pairs that are connected, when it is not all of them (LeNet-5's third layer).
    """

    kind: ClassVar[str] = "conv"
    out: Size
    kernel: Pair
    stride: Pair = 1
    padding: Padding = 0
    dilation: Pair = 1
    groups: Size = 1
    bias: bool = True
    links: Size | None = None

    def __post_init__(self) -> None:
        if isinstance(self.padding, str) and self.padding not in ("same", "valid"):
            raise ValueError(f"padding {self.padding!r}: known words are same and valid")

    def windows(self, shape: Shape = ()) -> tuple[Window, ...]:
        """The windows over rows and over columns."""
        kernels, strides, dilations, paddings = (
            pair(self.kernel),
            pair(self.stride),
            pair(self.dilation),
            ends(self.padding),
        )
        same = self.padding == "same"
        return tuple(Window(k, s, d, a, b, same) for k, s, d, (a, b) in zip(kernels, strides, dilations, paddings, strict=False))

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(out, rows, columns). Raises: ShapeMismatch, also when groups do not divide the channels."""
        shape = image(inputs)
        if share(shape[0], self.groups) is None or share(self.out, self.groups) is None:
            raise ShapeMismatch(inputs, f"channels that divide into {self.groups} groups, in ({shape[0]}) and out ({self.out})")
        windows = self.windows()
        found = (self.out, *(w.outputs(length, rounding) for w, length in zip(windows, shape[1:], strict=True)))
        positive_room(windows, shape, found, inputs)
        return found

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Weights, biases, uses of both."""
        (channels, *lengths), places = inputs[0], product_of(output[1:])
        links = share(channels, self.groups) * self.out if self.links is None else self.links
        area = product_of(pair(self.kernel))
        found = filter_terms(area * links, self.out, places, self.bias)
        if padding:
            inside = product_of(w.taps_inside(length) for w, length in zip(self.windows(), lengths, strict=True))
            outside = links * (area * places - inside)
            found += tuple(Term(q, "padding", outside) for q in ("connections", "multiply_accumulates", "multiplications"))
        return found


def filter_terms(weights: Size, out: Size, places: Size, bias: bool, part: str = "") -> tuple[Term, ...]:
    """Terms of `out` linear filters with `weights` weights together, used at `places` positions."""
    uses, units = weights * places, out * places
    found = (
        Term("parameters", "weight", weights, part),
        Term("units", "unit", units, part),
        Term("activations", "unit", units, part),
        Term("connections", "weight", uses, part),
        Term("multiply_accumulates", "weight", uses, part),
        Term("multiplications", "weight", uses, part),
        Term("additions", "weight", uses - units, part),
    )
    if not bias:
        return found
    return (
        *found,
        Term("parameters", "bias", out, part),
        Term("connections", "bias", units, part),
        Term("multiply_accumulates", "bias", units, part),
        Term("additions", "bias", units, part),
    )


@dataclass(frozen=True)
class TransposedConvolution:
    """The transpose of a convolution: every input writes kernel×kernel outputs, `stride` apart.

    Output (W − 1)·stride − 2·padding + extent + extra; connections = *inputs*·F²·M, a tap for each input and not for
    each output: counting by outputs takes stride² times too many.
    """

    kind: ClassVar[str] = "transposed-conv"
    out: Size
    kernel: Pair
    stride: Pair = 1
    padding: Pair = 0
    extra: Pair = 0
    dilation: Pair = 1
    groups: Size = 1
    bias: bool = True

    def windows(self, shape: Shape = ()) -> tuple[Window, ...]:
        """The windows of the convolution that it transposes."""
        parts = zip(pair(self.kernel), pair(self.stride), pair(self.dilation), pair(self.padding), strict=True)
        return tuple(Window(k, s, d, p, p) for k, s, d, p in parts)

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(out, rows, columns). Raises: ShapeMismatch."""
        shape = image(inputs)
        if share(shape[0], self.groups) is None or share(self.out, self.groups) is None:
            raise ShapeMismatch(inputs, f"channels that divide into {self.groups} groups, in ({shape[0]}) and out ({self.out})")
        parts = zip(shape[1:], self.windows(), pair(self.extra), strict=True)
        return (self.out, *((n - 1) * w.stride - w.before - w.after + w.extent + more for n, w, more in parts))

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Weights, biases, uses of both; the uses are counted at the inputs."""
        (channels, *lengths), units = inputs[0], product_of(output)
        weights = product_of(pair(self.kernel)) * channels * share(self.out, self.groups)
        uses = weights * product_of(lengths)
        found = (
            Term("parameters", "weight", weights),
            Term("units", "unit", units),
            Term("activations", "unit", units),
            *(Term(q, "weight", uses) for q in ("connections", "multiply_accumulates", "multiplications")),
            Term("additions", "weight", uses - units),
        )
        if padding:
            parts = zip(self.windows(), output[1:], lengths, strict=True)
            inside = product_of(_written(w, length, count) for w, length, count in parts)
            lost = share(weights * (product_of(lengths) * product_of(pair(self.kernel)) - inside), product_of(pair(self.kernel)))
            found += tuple(Term(q, "padding", lost) for q in ("connections", "multiply_accumulates", "multiplications"))
        if self.bias:
            found += (Term("parameters", "bias", self.out),)
            found += tuple(Term(q, "bias", units) for q in ("connections", "multiply_accumulates", "additions"))
        return found


def _written(window: Window, length: Size, count: Size) -> Size:
    """Pairs (input, tap) that write inside the output axis: 0 ≤ i·stride − before + tap·dilation < length."""
    return sum((window._positions(tap, count, window.before, length) for tap in range(window.kernel)), 0)


@dataclass(frozen=True)
class SeparableConvolution:
    """A depthwise convolution (`multiplier` kernels for each channel), then a 1×1 convolution to `out` channels."""

    kind: ClassVar[str] = "separable-conv"
    out: Size
    kernel: Pair
    stride: Pair = 1
    padding: Padding = 0
    dilation: Pair = 1
    multiplier: Size = 1
    bias: bool = True

    def parts(self, channels: Size) -> tuple[Convolution, Convolution]:
        """The depthwise and the pointwise convolution."""
        depthwise = Convolution(
            channels * self.multiplier, self.kernel, self.stride, self.padding, self.dilation, channels, self.bias
        )
        return depthwise, Convolution(self.out, 1, bias=self.bias)

    def windows(self, shape: Shape = ()) -> tuple[Window, ...]:
        """The windows of the depthwise part."""
        return self.parts(1)[0].windows()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(out, rows, columns). Raises: ShapeMismatch."""
        depthwise, pointwise = self.parts(image(inputs)[0])
        return pointwise.output([depthwise.output(inputs, rounding)], rounding)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """The terms of both parts."""
        depthwise, pointwise = self.parts(inputs[0][0])
        between = (inputs[0][0] * self.multiplier, *output[1:])
        first = depthwise.terms(inputs, between, padding)
        named = tuple(Term(t.quantity, t.label, t.value, "depthwise") for t in first)
        second = pointwise.terms([between], output, False)
        return named + tuple(Term(t.quantity, t.label, t.value, "pointwise") for t in second)
