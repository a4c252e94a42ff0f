"""Receptive fields: which part of the input a position of any layer sees, as affine maps along each axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr

from derivations.subjects.networks.graph import INPUT, Network, Node
from derivations.subjects.networks.layers import Flatten, TransposedConvolution
from derivations.subjects.networks.layers.joins import equal_sizes
from derivations.subjects.networks.sizes import Shape, Size, larger, smaller
from derivations.subjects.networks.windows import Window

MAX_PATTERN = 1_000_000
"""Fields that reach further are not examined for holes."""


class NoReceptiveField(ValueError):
    """A layer whose field is not an affine map of the position."""

    def __init__(self, network: str, layer: str, why: str) -> None:
        self.network, self.layer, self.why = network, layer, why
        super().__init__(f"network {network!r}, layer {layer!r}: no affine receptive field: {why}")


@dataclass(frozen=True)
class Field:
    """Along one axis, position i (from 0) sees the inputs stride·i + left … stride·i + right.

    Positions outside the input are padding. `aligned`: all paths that were joined have one centre. `pattern`: bit n
    is set when input stride·i + left + n is seen; None when a symbol leaves it open.

    >>> Field().after(Window(3, before=1, after=1)).after(Window(2, 2)).interval(5)
    (9, 12)
    """

    stride: Size = 1
    left: Size = 0
    right: Size = 0
    aligned: bool = True
    pattern: int | None = 1

    @property
    def size(self) -> Size:
        """How far the field reaches: right − left + 1."""
        return self.right - self.left + 1

    @property
    def padding(self) -> Size:
        """How far the field of position 0 reaches out of the input on the left."""
        return -self.left

    @property
    def holes(self) -> int | None:
        """Inputs between the two ends that are not seen; None when not known."""
        return None if self.pattern is None else int(self.size) - self.pattern.bit_count()

    def interval(self, position: Size) -> tuple[Size, Size]:
        """First and last input of a position."""
        return self.stride * position + self.left, self.stride * position + self.right

    def clipped(self, position: Size, length: Size) -> tuple[Size, Size]:
        """The interval without what lies outside an input of that length."""
        first, last = self.interval(position)
        return larger(first, 0), smaller(last, length - 1)

    def after(self, window: Window, before: Size | None = None) -> Field:
        """The field one layer further: the one-layer recursion."""
        start = window.before if before is None else before
        spacing, reach = self.stride * window.dilation, (window.kernel - 1) * window.dilation
        pattern = self.pattern
        if pattern is not None:
            whole = isinstance(spacing, int) and isinstance(window.kernel, int)
            whole = whole and spacing * window.kernel + pattern.bit_length() <= MAX_PATTERN
            pattern = _spread(pattern, spacing, window.kernel) if whole else None
        return Field(
            self.stride * window.stride,
            self.left - start * self.stride,
            self.right + (reach - start) * self.stride,
            self.aligned,
            pattern,
        )


def _spread(pattern: int, spacing: int, copies: int) -> int:
    """The pattern laid down `copies` times, `spacing` apart."""
    result = 0
    for number in range(copies):
        result |= pattern << (number * spacing)
    return result


def joined(fields: Sequence[Field]) -> Field | None:
    """The field of a sum or concatenation: from the leftmost to the rightmost; None when the strides differ."""
    first = fields[0]
    if not all(equal_sizes(first.stride, field.stride) for field in fields[1:]):
        return None
    left, right = first.left, first.right
    for field in fields[1:]:
        left, right = smaller(left, field.left), larger(right, field.right)
    aligned = all(f.aligned for f in fields) and all(equal_sizes(first.left + first.right, f.left + f.right) for f in fields)
    pattern: int | None = 0
    for field in fields:
        if field.pattern is None or pattern is None or isinstance(field.left - left, Expr):
            pattern = None
        else:
            pattern |= field.pattern << (field.left - left)
    return Field(first.stride, left, right, aligned, pattern)


@dataclass(frozen=True)
class LayerFields:
    """The fields of one layer along rows and columns; None when it sees the whole input."""

    name: str
    fields: tuple[Field, ...] | None


def receptive_fields(network: Network) -> dict[str, LayerFields]:
    """The fields of every layer, from the input on.

    Raises: NoReceptiveField at a join of paths with different strides, or at a transposed convolution with a stride.

    >>> from derivations.subjects.networks.reading import architecture
    >>> rows, columns = receptive_fields(architecture("receptive-example"))["pool2"].fields
    >>> rows.size, rows.interval(0), rows.stride
    (16, (-6, 9), 4)
    """
    axes = max(len(network.input) - 1, 0) if len(network.input) == 3 else 0
    found: dict[str, tuple[Field, ...] | None] = {INPUT: (Field(),) * axes if axes else None}
    for node in network.nodes:
        found[node.name] = _after(network, node, [found[name] for name in node.inputs])
    return {node.name: LayerFields(node.name, found[node.name]) for node in network.nodes}


def _after(network: Network, node: Node, entering: list[tuple[Field, ...] | None]) -> tuple[Field, ...] | None:
    shapes = network.shapes_into(node)
    if any(fields is None for fields in entering) or isinstance(node.layer, Flatten):
        return None
    known = [fields for fields in entering if fields is not None]
    if len(known) > 1:
        merged = tuple(joined(column) for column in zip(*known, strict=True))
        if any(field is None for field in merged):
            strides = " and ".join(str(fields[0].stride) for fields in known)
            raise NoReceptiveField(network.name, node.name, f"the joined paths have strides {strides}")
        return merged  # type: ignore[return-value]
    windows = node.layer.windows(shapes[0])
    if windows is None:
        return None
    if isinstance(node.layer, TransposedConvolution):
        if any(window.stride != 1 for window in windows):
            raise NoReceptiveField(network.name, node.name, "a transposed convolution with a stride; ask for `seen` instead")
        windows = tuple(_mirrored(window) for window in windows)
    if not windows:
        return known[0]
    lengths = shapes[0][1:]
    return tuple(
        field.after(window, window.padding(length)[0]) for field, window, length in zip(known[0], windows, lengths, strict=True)
    )


def _mirrored(window: Window) -> Window:
    """The window that a transposed convolution of stride 1 reads through."""
    return Window(window.kernel, 1, window.dilation, window.extent - 1 - window.before)


def trunk_field(network: Network) -> LayerFields:
    """The fields of the network's trunk: the layer it names, or the last one that sees a part of the input only."""
    fields = receptive_fields(network)
    if network.trunk:
        return fields[network.trunk]
    partial = [found for found in fields.values() if found.fields is not None]
    return partial[-1] if partial else LayerFields("", None)


def seen(network: Network, name: str, position: Sequence[int]) -> tuple[frozenset[int], ...]:
    """Exactly which rows and columns of the input a position of a layer reads, borders and holes included.

    Works backwards through the layers with sets of positions, for any graph with numeric sizes. Where paths are joined
    the rows and columns of all paths are collected.
    """
    wanted: dict[str, list[set[int]]] = {name: [{place} for place in position]}
    network[name]
    for node in reversed(network.nodes):
        if node.name not in wanted:
            continue
        places = wanted.pop(node.name)
        for source, shape in zip(node.inputs, network.shapes_into(node), strict=True):
            below = _read_by(node, shape, places)
            known = wanted.setdefault(source, [set() for _ in below])
            for axis, more in zip(known, below, strict=True):
                axis |= more
    return tuple(frozenset(axis) for axis in wanted.get(INPUT, ()))


def _read_by(node: Node, shape: Shape, places: list[set[int]]) -> list[set[int]]:
    lengths = shape[1:]
    windows = node.layer.windows(shape)
    if windows is None or isinstance(node.layer, Flatten):
        return [set(range(length)) for length in lengths]
    if not windows:
        return places
    read = _read_transposed if isinstance(node.layer, TransposedConvolution) else _read
    return [read(w, length, axis) for w, length, axis in zip(windows, lengths, places, strict=True)]


def _read(window: Window, length: int, places: set[int]) -> set[int]:
    before = window.padding(length)[0]
    starts = (place * window.stride - before for place in places)
    taps = range(0, window.kernel * window.dilation, window.dilation)
    return {start + tap for start in starts for tap in taps if 0 <= start + tap < length}


def _read_transposed(window: Window, length: int, places: set[int]) -> set[int]:
    found = set()
    for place in places:
        for tap in range(window.kernel):
            source, rest = divmod(place + window.before - tap * window.dilation, window.stride)
            if rest == 0 and 0 <= source < length:
                found.add(source)
    return found
