"""One axis of a sliding window: kernel, stride, dilation, padding; its positions and the taps it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr, Sum, Symbol

from derivations.subjects.networks.sizes import (
    Rounding,
    Size,
    floor_down,
    larger,
    no_rounding,
    residue_class,
    round_up,
    smaller,
)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A window of `kernel` taps, `dilation` apart, moved by `stride` over an axis.

    `before` and `after` are zeros put at the two ends; `same` computes them so that there are ⌈length/stride⌉
    positions, the odd one after. `ceil` keeps a last window that reaches over the end, unless it would start there.
    """

    kernel: Size
    stride: Size = 1
    dilation: Size = 1
    before: Size = 0
    after: Size = 0
    same: bool = False
    ceil: bool = False

    @property
    def extent(self) -> Size:
        """From the first tap to the last: (kernel − 1)·dilation + 1."""
        return (self.kernel - 1) * self.dilation + 1

    def outputs(self, length: Size, rounding: Rounding = floor_down) -> Size:
        """The number of positions: ⌊(length + before + after − extent)/stride⌋ + 1.

        >>> Window(11, 4).outputs(227), Window(3, 2, before=1, after=1, ceil=True).outputs(112)
        (55, 57)
        """
        if self.same:
            return round_up(length, self.stride, rounding)
        room = length + self.before + self.after - self.extent
        if not self.ceil:
            return rounding(room, self.stride) + 1
        inside = round_up(length + self.before, self.stride, rounding)
        return smaller(round_up(room, self.stride, rounding) + 1, inside)

    def padding(self, length: Size, rounding: Rounding = floor_down) -> tuple[Size, Size]:
        """Zeros before and after the axis; with `same` they depend on its length.

        >>> Window(3, 2, same=True).padding(224)
        (0, 1)
        """
        if not self.same:
            return self.before, self.after
        total = larger((self.outputs(length, rounding) - 1) * self.stride + self.extent - length, 0)
        first = rounding(total, 2)
        return first, total - first

    def taps_inside(self, length: Size) -> Size:
        """Pairs (position, tap) whose tap falls inside the axis, not in the padding; a Sum for a symbolic kernel.

        >>> Window(3, before=1, after=1).taps_inside(13)
        37
        """
        count, (before, _) = self.outputs(length), self.padding(length)
        if not isinstance(self.kernel, Expr):
            total: Size = 0
            for tap in range(self.kernel):
                total = total + self._positions(tap, count, before, length)
            return total
        tap = Symbol("t", integer=True, nonnegative=True)
        return Sum(self._positions(tap, count, before, length), (tap, 0, self.kernel - 1))

    def _positions(self, tap: Size, count: Size, before: Size, length: Size) -> Size:
        """Positions o with 0 ≤ o·stride − before + tap·dilation < length."""
        shift = before - tap * self.dilation
        first = larger(round_up(shift, self.stride, floor_down), 0)
        last = smaller(floor_down(length - 1 + shift, self.stride), count - 1)
        return larger(last - first + 1, 0)


@dataclass(frozen=True)
class OutputView:
    """The number of positions of a window in three views.

    `exact` has the floor; `relaxed` does not; `residues` gives for every remainder of the room modulo the stride the
    formula without a floor that is exact on that class, and `remainder` says which class this length is in (None when
    a symbol leaves it open).
    """

    exact: Size
    relaxed: Size
    residues: Mapping[int, Size]
    remainder: int | None


def output_view(window: Window, length: Size) -> OutputView:
    """The three views of a window over an axis; there are residue classes when the stride is a number.

    >>> output_view(Window(3, 2), Symbol("W")).residues
    {0: W/2 - 1/2, 1: W/2 - 1}
    """
    room = length + window.before + window.after - window.extent
    classes = range(window.stride) if isinstance(window.stride, int) and not window.same and not window.ceil else ()
    return OutputView(
        window.outputs(length),
        window.outputs(length, no_rounding),
        {rest: window.outputs(length, residue_class(rest)) for rest in classes},
        room % window.stride if isinstance(room, int) and isinstance(window.stride, int) else None,
    )
