"""Pictures with matplotlib: shares by layer, a count against a size, nested receptive fields. An optional extra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sympy import lambdify

from derivations.subjects.networks.receptive import Field

if TYPE_CHECKING:
    from derivations.subjects.networks.arithmetic import Arithmetic

RECEPTIVE_FIELD = "receptive-field"
MAX_BARS = 40
CURVE_POINTS = 400


class PlotsNotInstalled(ModuleNotFoundError):
    """matplotlib, which plots need, is not there."""

    def __init__(self) -> None:
        super().__init__("plots need matplotlib: pip install 'derivations[plots]'", name="matplotlib")


class NothingToPlot(ValueError):
    """A network without anything of what was asked for."""

    def __init__(self, network: str, what: str) -> None:
        self.network, self.what = network, what
        super().__init__(f"network {network!r} has no {what} to plot")


def draw(arithmetic: Arithmetic, path: Path, what: str = "") -> None:
    """Write a picture; its format follows the file name (.png, .pdf, .svg).

    `what`: empty for shares of parameters and connections by layer, a size such as conv1.F for the connections against
    it, "receptive-field" for the fields of all layers. Raises: PlotsNotInstalled, NothingToPlot, NoChart.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise PlotsNotInstalled from error
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    FigureCanvasAgg(figure)
    if what == RECEPTIVE_FIELD:
        _draw_fields(arithmetic, figure)
    elif what:
        _draw_chart(arithmetic, figure, what)
    else:
        _draw_shares(arithmetic, figure)
    figure.savefig(path)


def _draw_shares(arithmetic: Arithmetic, figure: Any) -> None:
    """Two rows of bars: per cent of the parameters and of the connections, layer by layer."""
    shares = {name: arithmetic.counts.shares(name) for name in ("parameters", "connections")}
    names = [n.name for n in arithmetic.network.nodes if any(n.name in found for found in shares.values())]
    if arithmetic.symbolic or not names:
        raise NothingToPlot(arithmetic.network.name, "numeric shares (set the letters first)")
    largest = sorted(names, key=lambda name: -max(float(found.get(name, 0)) for found in shares.values()))[:MAX_BARS]
    shown = [name for name in names if name in largest]
    axes = figure.subplots(2, 1, sharex=True)
    for axis, (quantity, found) in zip(axes, shares.items(), strict=True):
        axis.bar(range(len(shown)), [100 * float(found.get(name, 0)) for name in shown])
        axis.set_ylabel(f"% of {quantity}")
    axes[1].set_xticks(range(len(shown)), shown, rotation=60, ha="right")
    axes[0].set_title(f"{arithmetic.network.title or arithmetic.network.name} ({arithmetic.convention.name})")


def _draw_chart(arithmetic: Arithmetic, figure: Any, place: str) -> None:
    """The relaxed curve with its critical points, and the exact counts with floors as steps."""
    found = arithmetic.chart(place)
    sizes, counts = zip(*found.exact, strict=True)
    curve = lambdify(found.symbol, found.relaxed, "math")
    first, last = sizes[0], sizes[-1]
    points = [first + (last - first) * n / CURVE_POINTS for n in range(CURVE_POINTS + 1)]
    axis = figure.subplots()
    axis.plot(points, [curve(point) for point in points if point], label="without floors")
    axis.step(sizes, counts, where="mid", label="exact, with floors")
    for critical in found.critical:
        if first <= critical <= last:
            axis.axvline(float(critical), linestyle=":", label=f"critical point {critical}")
    if found.argmax:
        label = f"largest exact count at {found.argmax[0]}"
        axis.plot(found.argmax, [found.maximum] * len(found.argmax), "o", label=label)
    axis.set_xlabel(place)
    axis.set_ylabel(found.quantity)
    axis.legend()


def _draw_fields(arithmetic: Arithmetic, figure: Any) -> None:
    """The input, and on it the field of the middle position of every layer, clipped at the border."""
    from matplotlib.patches import Rectangle

    net = arithmetic.network
    layers = {
        name: found.fields
        for name, found in arithmetic.receptive_fields.items()
        if found.fields is not None and net[name].layer.kind not in ("activation", "normalisation", "identity")
    }
    if not layers or arithmetic.symbolic:
        raise NothingToPlot(net.name, "numeric receptive fields")
    height, width = net.input[1:]
    axis = figure.subplots()
    axis.add_patch(Rectangle((-0.5, -0.5), width, height, fill=False, linewidth=2))
    for number, (name, (rows, columns)) in enumerate(layers.items()):
        shape = net.shapes[name][1:]
        (top, bottom), (left, right) = (
            _middle(field, count, length) for field, count, length in ((rows, shape[0], height), (columns, shape[1], width))
        )
        box = Rectangle((left - 0.5, top - 0.5), right - left + 1, bottom - top + 1, fill=False, edgecolor=f"C{number % 10}")
        box.set_label(f"{name}: {rows.size}×{columns.size}")
        axis.add_patch(box)
    axis.set_xlim(-1, width)
    axis.set_ylim(height, -1)
    axis.set_aspect("equal")
    axis.set_title(f"Receptive fields of the middle positions, {net.title or net.name}")
    if len(layers) <= MAX_BARS:
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small", ncols=1 + len(layers) // 20)


def _middle(field: Field, count: int, length: int) -> tuple[int, int]:
    first, last = field.clipped(count // 2, length)
    return first, last
