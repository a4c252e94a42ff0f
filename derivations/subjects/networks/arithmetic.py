"""The front door: a network, a convention, and everything that can be asked about the two."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sympy import Expr, latex

from derivations.subjects.networks.charts import Chart, chart
from derivations.subjects.networks.conventions import Convention, convention
from derivations.subjects.networks.counts import Counts, count
from derivations.subjects.networks.explain import Claim, Finding, explain, remarks
from derivations.subjects.networks.graph import Network
from derivations.subjects.networks.reading import architecture, read
from derivations.subjects.networks.receptive import LayerFields, NoReceptiveField, receptive_fields, trunk_field
from derivations.subjects.networks.reported import quantity, read_claim
from derivations.subjects.networks.sensitivity import Change, Elasticity, elasticities, reductions
from derivations.subjects.networks.sizes import Shape, Size
from derivations.subjects.networks.terms import QUANTITIES
from derivations.subjects.networks.variation import (
    made_symbolic,
    symbols_of,
    with_input,
    with_size,
    with_values,
)
from derivations.subjects.networks.windows import OutputView, output_view

if TYPE_CHECKING:
    from derivations.core.derivation import Derivation
    from derivations.core.tables import Table

SCHEMA = "derivations/network/1"


def network(
    source: str | Path | Network,
    *,
    input: Shape | None = None,
    set: Mapping[str, int] | None = None,
    symbolic: Sequence[str] = (),
    convention: str | Convention = "standard",
) -> Arithmetic:
    """A network by name, from a file (.toml, .json or .onnx) or as it is, ready to be counted under a convention.

    `input` replaces the input shape; `set` gives values to symbols (F=5) or to sizes (conv1.F=5); `symbolic` turns
    sizes such as conv1.F into symbols.

    Raises: UnknownArchitecture, BadArchitecture, UnknownLayer, UnknownSize, UnknownConvention, OSError; ShapeMismatch
    when layers do not fit.

    >>> net = network("alexnet-2012", convention="weights-only")
    >>> net.totals["connections"]
    724406816
    >>> network("alexnet-2012", symbolic=["conv1.F"], convention="weights-only").counts["conv1"]["parameters"]
    288*F**2
    """
    found = _opened(source)
    if input is not None:
        found = with_input(found, tuple(input))
    for place in symbolic:
        found = made_symbolic(found, place)
    for name, value in (set or {}).items():
        found = with_size(found, name, value) if "." in name else with_values(found, {name: value})
    return Arithmetic(found, _convention(convention))


_convention = convention


def _opened(source: str | Path | Network) -> Network:
    if isinstance(source, Network):
        return source
    path = Path(source)
    if path.suffix == ".onnx":
        from derivations.subjects.networks.from_onnx import from_onnx

        return from_onnx(path)
    return read(path) if path.suffix in (".toml", ".json") else architecture(str(source))


@dataclass(frozen=True)
class Arithmetic:
    """A network under a convention: counts, sensitivities, receptive fields, explanations, tables."""

    network: Network
    convention: Convention

    @cached_property
    def counts(self) -> Counts:
        """Every quantity of every layer."""
        return count(self.network, self.convention)

    @property
    def totals(self) -> dict[str, Size]:
        """Every quantity, summed over the layers."""
        return self.counts.totals

    @cached_property
    def receptive_fields(self) -> dict[str, LayerFields]:
        """The receptive field of every layer. Raises: NoReceptiveField."""
        return receptive_fields(self.network)

    @property
    def receptive_field(self) -> LayerFields:
        """The receptive field of the trunk. Raises: NoReceptiveField."""
        return trunk_field(self.network)

    def elasticities(self, of: str = "connections") -> tuple[Elasticity, ...]:
        """Per cent of change of a total for a per cent of change of each size."""
        return elasticities(self.network, quantity(of), self.convention)

    def reductions(self, of: str = "connections", goal: Fraction = Fraction(1, 2)) -> tuple[Change, ...]:
        """Every single change that brings a total down to `goal` times itself."""
        return reductions(self.network, quantity(of), goal, self.convention)

    def derivation(self, layer: str, of: str) -> Derivation:
        """The catalogue's derivation of a count from the definition of the layer.

        Raises: UnknownLayer; LookupError when the catalogue has none for this kind of layer.

        >>> network("alexnet").derivation("conv1", "connections").name
        'network/convolution-connections'
        """
        from derivations.subjects.networks.claims.counting import OF_LAYERS, derivation_of

        key = self.network[layer].layer.kind, quantity(of)
        if key not in OF_LAYERS:
            known = ", ".join(f"{kind} {name}" for kind, name in OF_LAYERS)
            raise LookupError(f"no derivation of the {key[1]} of a {key[0]} layer; there are: {known}")
        return derivation_of(OF_LAYERS[key])

    def output_views(self, layer: str) -> tuple[OutputView, ...]:
        """Rows and columns of a layer's output: exact, without the floor, and on each residue class of its room.

        >>> rows, columns = network("alexnet").output_views("conv1")
        >>> rows.exact, rows.relaxed, rows.remainder
        (55, Fraction(221, 4), 1)
        """
        node = self.network[layer]
        shape = self.network.shapes_into(node)[0]
        windows = node.layer.windows(shape) or ()
        return tuple(output_view(window, length) for window, length in zip(windows, shape[1:], strict=False))

    def chart(self, place: str, of: str = "connections", whole: bool = False) -> Chart:
        """A count of a layer (or with `whole` of the network) as a function of one of its sizes, such as conv1.F.

        Raises: NoChart, UnknownLayer, UnknownSize.
        """
        return chart(self.network, place, quantity(of), self.convention, whole)

    def explain(self, reported: str | Iterable[Claim]) -> tuple[Finding, ...]:
        """Why reported numbers differ from these; a text is read as layer.quantity=number."""
        claims = [read_claim(reported)] if isinstance(reported, str) else reported
        return explain(self.network, claims, self.convention)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Places where a size had to be rounded."""
        return remarks(self.network)

    @property
    def symbolic(self) -> bool:
        """Whether any size is a symbol."""
        return bool(symbols_of(self.network))

    def table(self, of: Sequence[str] = ("units", "parameters", "connections")) -> Table:
        """Layers and totals for some quantities, as a table to be rendered."""
        from derivations.subjects.networks.tables import count_table

        return count_table(self, [quantity(name) for name in of])

    def plot(self, path: str | Path, what: str = "") -> None:
        """Draw shares of parameters and connections by layer, or a count against the size `what` such as conv1.F.

        Needs matplotlib: pip install 'derivations[plots]'.
        """
        from derivations.subjects.networks.plots import draw

        draw(self, Path(path), what)

    def to_dict(self) -> dict[str, Any]:
        """What `to_json` writes."""
        return {
            "schema": SCHEMA,
            "name": self.network.name,
            "title": self.network.title,
            "input": [encoded(size) for size in self.network.input],
            "convention": {"name": self.convention.name, "meaning": self.convention.meaning},
            "layers": [
                {"name": layer.name, "kind": layer.kind, "output": [encoded(size) for size in layer.output]}
                | {name: encoded(layer[name]) for name in QUANTITIES}
                for layer in self.counts.layers
            ],
            "totals": {name: encoded(value) for name, value in self.totals.items()},
            "terms": {
                name: {label: encoded(value) for label, value in by_label.items()}
                for name, by_label in self.counts.labels.items()
            },
            "receptive_field": self._field(),
            "remarks": list(self.remarks),
        }

    def _field(self) -> dict[str, Any] | None:
        try:
            found = self.receptive_field
        except NoReceptiveField as error:
            return {"layer": error.layer, "size": None, "stride": None, "padding": None, "reason": error.why}
        if found.fields is None:
            return None
        names = ("size", "stride", "padding", "aligned", "holes")
        values = {name: [encoded(getattr(field, name)) for field in found.fields] for name in names}
        alike = {name: entries[0] if len({str(e) for e in entries}) == 1 else entries for name, entries in values.items()}
        return {"layer": found.name, **alike}

    def to_json(self) -> str:
        """The counts as JSON under the schema derivations/network/1."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n"

    def _repr_html_(self) -> str:
        from derivations.render.tables import html_fragment

        return html_fragment(self.table())

    def _repr_latex_(self) -> str:
        from derivations.render.tables import to_latex

        return to_latex(self.table())


def encoded(value: Any) -> Any:
    """A count as JSON: an integer, or LaTeX and SymPy text for a formula."""
    if isinstance(value, Expr):
        return {"latex": latex(value), "sympy": str(value)}
    return float(value) if isinstance(value, Fraction) else value
