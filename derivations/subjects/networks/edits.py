"""Edits that explain why two counts differ: to a convention, to what is counted at all, to what is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from derivations.subjects.networks.conventions import Convention
from derivations.subjects.networks.graph import Network
from derivations.subjects.networks.layers import Convolution, Dense
from derivations.subjects.networks.terms import Term


@dataclass(frozen=True)
class Edit:
    """One change that may have been made: its kind, what it says, and what it does to the network or the convention.

    `layer` is the layer it changes ("" for all of them); `keeps` says of (layer, term) whether the term is counted.
    Of edits that explain the same, those of less `severity` come first.
    """

    kind: str
    sentence: str
    layer: str = ""
    network: Callable[[Network], Network] | None = None
    convention: Callable[[Convention], Convention] | None = None
    keeps: Callable[[str, Term], bool] | None = None
    severity: float = 0.0


def convention_edits(quantity: str, under: Convention) -> tuple[Edit, ...]:
    """What may be counted or not, for one quantity; those that the convention has already are left out."""
    weights = under.weights[quantity]
    found = []
    for kind, sentence, labels in _CONVENTIONS.get(quantity, ()):
        if all(weights.get(label, 0) == weight for label, weight in labels.items()):
            continue

        def changed(rules: Convention, labels: dict[str, int] = labels) -> Convention:
            return rules.changed(quantity, **{label.replace(" ", "_"): weight for label, weight in labels.items()})

        found.append(Edit(kind, sentence, convention=changed))
    doubled = {label: 2 * weight for label, weight in weights.items()}
    if quantity == "multiply_accumulates":

        def twice(rules: Convention) -> Convention:
            return rules.changed(quantity, **{label.replace(" ", "_"): weight for label, weight in doubled.items()})

        found.append(Edit("two operations", "a multiply-accumulate counted as two operations", convention=twice))
    return tuple(found)


_POOLS = (
    ("pooling", "the inputs of average pools counted", {"average inputs": 1}),
    ("pooling", "the taps and the division of each average counted", {"average taps and divisions": 1}),
    ("pooling", "the inputs of all pools counted", {"pool inputs": 1}),
    ("module and function", "nonlinearities and pool inputs counted twice", {"activation": 2, "pool inputs": 2}),
    ("nonlinearities", "nonlinearities counted", {"activation": 1}),
    ("norm", "normalisations counted", {"norm": 1}),
    ("joins", "sums at joins counted", {"add": 1}),
    ("gates", "elementwise operations of gates counted", {"gate": 1}),
)
_CONVENTIONS: dict[str, tuple[tuple[str, str, dict[str, int]], ...]] = {
    "parameters": (
        ("bias", "biases counted", {"bias": 1}),
        ("bias", "biases not counted", {"bias": 0}),
        ("norm", "normalisations counted", {"norm": 1}),
        ("norm", "normalisations not counted", {"norm": 0}),
        ("fixed weights", "weights set by hand counted", {"fixed": 1}),
    ),
    "units": (
        ("pooled units", "outputs of pools counted as units", {"pooled unit": 1}),
        ("pooled units", "outputs of pools counted in place of the units before them", {"pooled unit": 1, "unit": 0}),
    ),
    "connections": (
        ("bias", "biases counted as connections", {"bias": 1}),
        ("bias", "biases not counted as connections", {"bias": 0}),
        ("pooling", "taps of pools counted as connections", {"pool": 1}),
        ("padding taps", "taps that fall in the padding not counted", {"padding": -1}),
    ),
    "multiply_accumulates": (
        ("bias", "additions of biases counted", {"bias": 1}),
        *_POOLS,
        ("padding taps", "taps that fall in the padding not counted", {"padding": -1}),
    ),
    "multiplications": (("padding taps", "taps that fall in the padding not counted", {"padding": -1}),),
    "additions": (("bias", "additions of biases not counted", {"bias": 0}),),
    "activations": (
        ("stored", "the outputs of every layer counted", {"pooled unit": 1, "output": 1, "activation": 1}),
        ("pooled units", "outputs of pools counted", {"pooled unit": 1}),
    ),
}  # fmt: skip


def omissions(network: Network, quantity: str, terms: Mapping[str, Sequence[Term]]) -> tuple[Edit, ...]:
    """What may have been left out of a total: a layer, or a part of a layer that has several."""
    found = []
    for node in network.nodes:
        own = [term for term in terms[node.name] if term.quantity == quantity]
        if not own:
            continue
        told = isinstance(node.layer, (Convolution, Dense))  # whose biases have an edit of their own
        parts = [part for part in dict.fromkeys((t.label, t.part) for t in own) if not (told and part[0] == "bias")]
        for label, part in parts if len(parts) > 1 else ():

            def kept(layer: str, term: Term, name: str = node.name, gone: tuple[str, str] = (label, part)) -> bool:
                return layer != name or term.quantity != quantity or (term.label, term.part) != gone

            what = f"the {part} weights" if part and label == "weight" else f"the {part or label} terms"
            found.append(Edit("part left out", f"{what} of {node.name} left out", node.name, keeps=kept))
        found.append(
            Edit("layer left out", f"the layer {node.name} left out", node.name, keeps=lambda layer, _, n=node.name: layer != n)  # type: ignore[misc]
        )
    return tuple(found)


# ---------------------------------------------------------------------- edits of a number


def written_differently(true: int, reported: int) -> str:
    """How one number may have become the other while being written down, or an empty text.

    >>> written_differently(290400, 290900)
    'one digit miswritten'
    >>> written_differently(347136, 374136)
    'two digits transposed'
    """
    a, b = str(true), str(reported)
    if len(a) == len(b):
        places = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(places) == 2 and places[1] == places[0] + 1 and a[places[0]] == b[places[1]] and a[places[1]] == b[places[0]]:
            return "two digits transposed"
        if len(places) == 1:
            return "one digit miswritten"
    shorter, longer = sorted((a, b), key=len)
    if len(longer) == len(shorter) + 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer))):
        return "one digit lost" if len(b) < len(a) else "one digit too many"
    return ""
