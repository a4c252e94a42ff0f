"""Named conventions: which labelled terms a count includes, and how often."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derivations.subjects.networks.sizes import Size
from derivations.subjects.networks.terms import LABELS, QUANTITIES, Term

Weights = Mapping[str, Mapping[str, int]]


class UnknownConvention(LookupError):
    """A convention that is not in the table, with the nearest names."""

    def __init__(self, name: str) -> None:
        self.name, self.nearest = name, tuple(difflib.get_close_matches(name, CONVENTIONS, n=2, cutoff=0.4))
        hint = f"did you mean {' or '.join(self.nearest)}?" if self.nearest else f"known: {', '.join(CONVENTIONS)}"
        super().__init__(f"no convention is called {name!r}; {hint}")


@dataclass(frozen=True)
class Convention:
    """For each quantity the labels it includes, each with the number of times it counts.

    >>> CONVENTIONS["flops"].weights["multiply_accumulates"]["weight"]
    2
    """

    name: str
    meaning: str
    weights: Weights = field(hash=False)

    def __post_init__(self) -> None:
        for quantity, labels in self.weights.items():
            unknown = [label for label in labels if label not in LABELS]
            if quantity not in QUANTITIES or unknown:
                raise ValueError(f"convention {self.name!r}: {quantity!r} with {unknown} is not a count")

    @property
    def counts_padding(self) -> bool:
        """Whether taps in the padding have to be known, to be taken off."""
        return any("padding" in labels for labels in self.weights.values())

    def value(self, quantity: str, terms: Iterable[Term]) -> Size:
        """The count of a quantity: the weighted sum of its terms."""
        weights = self.weights[quantity]
        total: Size = 0
        for term in terms:
            if term.quantity == quantity and term.label in weights:
                weight = weights[term.label]
                total = total + (term.value if weight == 1 else weight * term.value)
        return total

    def changed(self, quantity: str, **weights: int) -> Convention:
        """The same with other weights for one quantity; label names with _ for the blank, weight 0 to leave one out."""
        labels = dict(self.weights[quantity])
        for label, weight in weights.items():
            labels[label.replace("_", " ")] = weight
        kept = {label: weight for label, weight in labels.items() if weight}
        return replace(self, name=f"{self.name}, changed", weights={**self.weights, quantity: kept})


def _once(*labels: str) -> dict[str, int]:
    return dict.fromkeys(labels, 1)


_STANDARD: dict[str, dict[str, int]] = {
    "parameters": _once("weight", "bias", "norm", "pool", "pool bias"),
    "units": _once("unit"),
    "connections": _once("weight", "attention"),
    "multiply_accumulates": _once("weight", "attention"),
    "additions": _once("weight", "bias", "norm", "pool", "pool bias", "gate", "add", "attention"),
    "multiplications": _once("weight", "norm", "pool", "gate", "attention"),
    "activation_evaluations": _once("activation", "softmax"),
    "activations": _once("unit"),
}


def _variant(name: str, meaning: str, **changes: dict[str, int]) -> Convention:
    return Convention(name, meaning, {**_STANDARD, **changes})


def _macs(*labels: str, **more: int) -> dict[str, dict[str, int]]:
    return {"multiply_accumulates": _once("weight", "attention", *labels) | {k.replace("_", " "): v for k, v in more.items()}}


CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        _variant("standard", "all trained parameters; units, connections, multiply-accumulates of layers with weights"),
        _variant(
            "weights-only", "no biases and no normalisation anywhere",
            parameters=_once("weight"), additions=_once("weight"), multiplications=_once("weight"),
        ),
        _variant(
            "biased", "biases are parameters and connections; so are trainable pools, and weights set by hand",
            connections=_once("weight", "bias", "attention", "pool bias") | {"pool": 1},
            multiply_accumulates=_once("weight", "bias", "attention"),
        ),
        _variant(
            "inside-image", "as standard, without the taps that fall in the padding",
            connections={"weight": 1, "attention": 1, "padding": -1},
            multiply_accumulates={"weight": 1, "attention": 1, "padding": -1},
            multiplications={**_STANDARD["multiplications"], "padding": -1},
        ),
        _variant("flops", "two operations a multiply-accumulate", multiply_accumulates={"weight": 2, "attention": 2}),
        _variant("pooled-units", "units after pooling as well", units=_once("unit", "pooled unit")),
        _variant(
            "stored", "activations: the output of every layer, as kept for the backward pass",
            activations=_once("unit", "pooled unit", "output", "activation"),
        ),
        _variant("macs+bias", "multiply-accumulates and additions of biases", **_macs("bias")),
        _variant("macs+average-pool", "and one operation for each input of an average pool", **_macs("average inputs")),
        _variant(
            "macs+average-taps", "and the taps and the division of each average", **_macs("average taps and divisions")
        ),
        _variant(
            "macs+everything-twice",
            "and biases, and nonlinearities and pool inputs twice: once for the module, once for the function it calls",
            **_macs("bias", activation=2, pool_inputs=2),
        ),
    )
}  # fmt: skip


def convention(name: str | Convention) -> Convention:
    """A convention by name. Raises: UnknownConvention."""
    if isinstance(name, Convention):
        return name
    if name not in CONVENTIONS:
        raise UnknownConvention(name)
    return CONVENTIONS[name]
