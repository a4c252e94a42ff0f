"""Counts from the definition of each layer: a sum with a 1 for everything that is counted, and its closed form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from sympy import Add, Expr, Integer, Sum

from derivations.core.derivation import Derivation, Kind
from derivations.core.proof import Proof
from derivations.core.symbols import Declarations, index, scalar, size
from numeric.domains import NATURAL

_LETTERS: dict[str, tuple[str, str]] = {
    "M": ("M", "number of kernels"),
    "C": ("C", "channels that a kernel sees: those of its group"),
    "F": ("F", "rows and columns of a kernel"),
    "H_out": (r"H'", "rows of the output"),
    "W_out": (r"W'", "columns of the output"),
    "H": ("H", "rows of the input"),
    "W": ("W", "columns of the input"),
    "K": ("K", "channels"),
    "a": ("a", "inputs of a dense layer"),
    "b": ("b", "outputs of a dense layer"),
    "G": ("G", "gates of the cell: 1 for Elman's, 4 for an LSTM, 3 for a GRU"),
    "T": ("T", "positions of the sequence"),
    "n": ("n", "features at a position"),
    "k": ("k", "hidden units"),
    "m": ("m", "outputs of the read-out"),
    "v": ("v", "bias vectors for each gate"),
    "h": ("h", "heads"),
    "e": ("e", "features of a head"),
    "V": ("V", "words of the vocabulary"),
}
_SIZES = {name: replace(size(name, meaning), latex=latex) for name, (latex, meaning) in _LETTERS.items()}


@dataclass(frozen=True)
class Count:
    """What is counted: `parts` are products of ranges, one 1 for each combination of indices; `closed` is their number.

    A part may have a multiplicity, such as the 2 of a scale and a shift, as the size of a range.
    """

    title: str
    definition: str
    parts: tuple[tuple[str | int, ...], ...]
    subtract: tuple[tuple[str | int, ...], ...] = ()

    @property
    def closed(self) -> Expr:
        """The closed form: sums of products of sizes."""
        return Add(*map(_number, self.parts)) - Add(*map(_number, self.subtract))


def _factor(name: str | int) -> Expr:
    return Integer(name) if isinstance(name, int) else _SIZES[name].head


def _number(part: Sequence[str | int]) -> Expr:
    product: Expr = Integer(1)
    for name in part:
        product *= _factor(name)
    return product


_UNITS = ("M", "H_out", "W_out")
_TAPS = ("C", "F", "F")

COUNTS: dict[str, Count] = {
    "convolution-units": Count("Units of a convolution", "There is a unit for every kernel and every place:", (_UNITS,)),
    "convolution-weights": Count(
        "Weights of a convolution", "Every kernel has a weight for every channel it sees, row and column:", (("M", *_TAPS),)
    ),
    "convolution-parameters": Count(
        "Parameters of a convolution", "Weights, and a bias for every kernel:", (("M", *_TAPS), ("M",))
    ),
    "convolution-connections": Count(
        "Connections of a convolution", "Every unit is connected to every tap of its kernel:", ((*_UNITS, *_TAPS),)
    ),
    "convolution-connections-biased": Count(
        "Connections of a convolution with biases", "Every unit has its taps and a bias:", ((*_UNITS, *_TAPS), _UNITS)
    ),
    "convolution-multiplications": Count(
        "Multiplications of a convolution", "Every unit multiplies once for every tap:", ((*_UNITS, *_TAPS),)
    ),
    "convolution-additions": Count(
        "Additions of a convolution without biases",
        "Every unit adds up its products: one addition less than there are taps.",
        ((*_UNITS, *_TAPS),),
        (_UNITS,),
    ),
    "convolution-activation-evaluations": Count(
        "Evaluations of the nonlinearity after a convolution", "There is one for every unit:", (_UNITS,)
    ),
    "transposed-convolution-connections": Count(
        "Connections of a transposed convolution",
        "Every input of every channel writes to the taps of every kernel, so the places are those of the input:",
        (("C", "H", "W", "M", "F", "F"),),
    ),
    "separable-convolution-parameters": Count(
        "Weights of a depthwise separable convolution",
        "A kernel for every channel, then a weight for every pair of channels:",
        (("K", "F", "F"), ("K", "M")),
    ),
    "separable-convolution-connections": Count(
        "Connections of a depthwise separable convolution",
        "At every place, the taps of the depthwise part and the weights of the pointwise part:",
        (("H_out", "W_out", "K", "F", "F"), ("H_out", "W_out", "K", "M")),
    ),
    "pooling-connections": Count(
        "Connections of a pool", "Every output reads its window, in its own channel:", (("K", "H_out", "W_out", "F", "F"),)
    ),
    "pooling-units": Count("Outputs of a pool", "There is one for every channel and place:", (("K", "H_out", "W_out"),)),
    "normalisation-parameters": Count(
        "Parameters of a normalisation", "Every channel has two, a scale and a shift:", (("K", 2),)
    ),
    "dense-connections": Count(
        "Connections of a dense layer", "Every output is connected to every input:", (("b", "a"),)
    ),
    "dense-parameters": Count(
        "Parameters of a dense layer", "A weight for every connection and a bias for every output:", (("b", "a"), ("b",))
    ),
    "recurrent-parameters": Count(
        "Parameters of a recurrent layer",
        "Every unit of every gate has a weight for each feature and each unit, and its biases:",
        (("G", "k", "n"), ("G", "k", "k"), ("G", "k", "v")),
    ),
    "recurrent-connections": Count(
        "Connections of a recurrent layer", "The weights are used once at every position:",
        (("T", "G", "k", "n"), ("T", "G", "k", "k")),
    ),
    "elman-parameters": Count(
        "Parameters of an Elman network with a read-out",
        "The recurrent part has weights from the input and from the state, and a bias; the read-out weights and a bias:",
        (("k", "n"), ("k", "k"), ("k",), ("m", "k"), ("m",)),
    ),
    "embedding-parameters": Count(
        "Parameters of an embedding", "Every word has a row of features:", (("V", "n"),)
    ),
    "attention-parameters": Count(
        "Weights of multi-head attention",
        "Queries, keys, values and the output are each a linear map of the width h·e onto itself:",
        ((4, "h", "e", "h", "e"),),
    ),
    "attention-multiplications": Count(
        "Multiplications of multi-head attention",
        "Four linear maps at every position; for every pair of positions and head, a score and its part of the average:",
        ((4, "T", "h", "e", "h", "e"), (2, "h", "T", "T", "e")),
    ),
}  # fmt: skip


@cache
def derivation_of(name: str) -> Derivation:
    """The derivation of one count."""
    wanted = COUNTS[name]
    names = dict.fromkeys(s for part in (*wanted.parts, *wanted.subtract) for s in part if isinstance(s, str))
    longest = max(map(len, (*wanted.parts, *wanted.subtract)))
    indices = [f"i{number}" for number in range(1, longest + 1)]
    total = scalar("count", r"\#", wanted.title.lower(), NATURAL)
    last = max((_SIZES[n].head for n in names), key=str)
    declared = Declarations((*(_SIZES[n] for n in names), *(replace(index(i, last), latex=f"i_{i[1:]}") for i in indices), total))
    proof = Proof(declared)
    body = Add(*(_ones(part, declared) for part in wanted.parts)) - Add(*(_ones(part, declared) for part in wanted.subtract))
    start = proof.step("define", left=total.head, right=body, note=wanted.definition)
    end = proof.step("sum_of_constant", start, note="Each sum of ones is the length of its range:")
    if proof.right(end) != wanted.closed:
        end = proof.step("rearrange", end, to=wanted.closed)
    return proof.done(
        f"network/{name}",
        wanted.title,
        f"{wanted.definition} Counting them is a product of sizes.",
        Kind.IDENTITY,
        (end,),
        "The number is read off the ranges of the indices.",
    )


def _ones(part: Sequence[str | int], declared: Declarations) -> Expr:
    found: Expr = Integer(1)
    for number, name in reversed(list(enumerate(part, start=1))):
        found = Sum(found, (declared[f"i{number}"].head, 1, _factor(name)))
    return found


OF_LAYERS: dict[tuple[str, str], str] = {
    ("conv", "units"): "convolution-units",
    ("conv", "parameters"): "convolution-parameters",
    ("conv", "connections"): "convolution-connections",
    ("conv", "multiply_accumulates"): "convolution-connections",
    ("conv", "multiplications"): "convolution-multiplications",
    ("transposed-conv", "connections"): "transposed-convolution-connections",
    ("separable-conv", "connections"): "separable-convolution-connections",
    ("normalisation", "parameters"): "normalisation-parameters",
    ("dense", "parameters"): "dense-parameters",
    ("dense", "connections"): "dense-connections",
    ("recurrent", "parameters"): "recurrent-parameters",
    ("recurrent", "connections"): "recurrent-connections",
    ("embedding", "parameters"): "embedding-parameters",
    ("attention", "multiplications"): "attention-multiplications",
}
"""Kind of layer and quantity → the entry that derives the count, under the convention `standard`."""

ENTRIES: dict[str, Callable[[], Derivation]] = {f"network/{name}": partial(derivation_of, name) for name in COUNTS}
