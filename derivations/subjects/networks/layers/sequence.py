"""Layers over sequences: embeddings, recurrent cells with named bias conventions, multi-head attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from derivations.subjects.networks.layers.convolution import filter_terms
from derivations.subjects.networks.layers.protocol import only
from derivations.subjects.networks.sizes import Rounding, Shape, Size
from derivations.subjects.networks.terms import ShapeMismatch, Term
from derivations.subjects.networks.windows import Window

GATES: dict[str, int] = {"elman": 1, "lstm": 4, "gru": 3}
"""Cell → number of affine maps of (input, state)."""
GATE_OPERATIONS: dict[str, tuple[int, int, int]] = {"elman": (0, 0, 1), "lstm": (3, 1, 5), "gru": (3, 2, 3)}
"""Cell → elementwise products, sums and nonlinearities for each unit and step (the LSTM without peepholes)."""
BIASES: dict[str, dict[str, int]] = {
    "none": {"elman": 0, "lstm": 0, "gru": 0},
    "one": {"elman": 1, "lstm": 1, "gru": 1},
    "two": {"elman": 2, "lstm": 2, "gru": 2},
    "keras": {"elman": 1, "lstm": 1, "gru": 2},
    "pytorch": {"elman": 2, "lstm": 2, "gru": 2},
}
"""Bias convention → bias vectors for each gate of each cell."""
_SEQUENCE = "a sequence, positions×features"


@dataclass(frozen=True)
class Recurrent:
    """`hidden` units with G gates: weights G·(input·hidden + hidden²), and G·hidden biases a bias vector.

    `bias` is one of the conventions in `BIASES`: textbooks have one vector for each gate, PyTorch two.
    """

    kind: ClassVar[str] = "recurrent"
    hidden: Size
    cell: str = "elman"
    bias: str = "one"

    def __post_init__(self) -> None:
        if self.cell not in GATES or self.bias not in BIASES:
            known = f"known cells {', '.join(GATES)}; bias conventions {', '.join(BIASES)}"
            raise ValueError(f"cell {self.cell!r}, bias {self.bias!r}: {known}")

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """None: the last state depends on every position."""
        return None

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(positions, hidden). Raises: ShapeMismatch."""
        return (only(inputs, 2, _SEQUENCE)[0], self.hidden)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Weights and biases, used once a position; gates and nonlinearities."""
        (steps, features), units, gates = inputs[0], self.hidden, GATES[self.cell]
        vectors = BIASES[self.bias][self.cell]
        products, sums, calls = (number * steps * units for number in GATE_OPERATIONS[self.cell])
        found = [Term(q, "unit", steps * units) for q in ("units", "activations")]
        for part, weights in (("input to hidden", features * units), ("hidden to hidden", units * units)):
            found.append(Term("parameters", "weight", gates * weights, part))
            for quantity in ("connections", "multiply_accumulates", "multiplications"):
                found.append(Term(quantity, "weight", gates * weights * steps, part))
        found.append(Term("additions", "weight", gates * (features * units + units * units - units) * steps))
        for number in range(vectors):
            part = ("bias", "second bias")[number]
            found.append(Term("parameters", "bias", gates * units, part))
            found += [Term(q, "bias", gates * units * steps, part) for q in ("connections", "multiply_accumulates", "additions")]
        found += [Term("multiplications", "gate", products), Term("additions", "gate", sums)]
        found += [
            Term("multiply_accumulates", "gate", products + sums),
            Term("activation_evaluations", "activation", calls),
        ]
        return tuple(found)


@dataclass(frozen=True)
class Embedding:
    """A table with a row of `features` numbers for each of `vocabulary` words; looking a row up costs no arithmetic."""

    kind: ClassVar[str] = "embedding"
    vocabulary: Size
    features: Size

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """No window."""
        return ()

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """(positions, features). Raises: ShapeMismatch."""
        return (only(inputs, 1, "word numbers, one for each position")[0], self.features)

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """The table, and the numbers looked up."""
        count = output[0] * output[1]
        return (
            Term("parameters", "weight", self.vocabulary * self.features),
            Term("units", "unit", count),
            Term("activations", "unit", count),
        )


@dataclass(frozen=True)
class Attention:
    """Multi-head attention of width d: four d×d maps, then for each pair of positions a product of length d for the
    score and one for the average: 4·T·d² + 2·T²·d multiply-accumulates.

    One input attends to itself; with two, the first asks and the second is asked.
    """

    kind: ClassVar[str] = "attention"
    heads: Size
    bias: bool = True

    def windows(self, shape: Shape) -> tuple[Window, ...] | None:
        """None: every position sees every position."""
        return None

    def output(self, inputs: Sequence[Shape], rounding: Rounding) -> Shape:
        """The shape of the first input. Raises: ShapeMismatch, also when the heads do not divide the width."""
        if len(inputs) not in (1, 2) or any(len(shape) != 2 for shape in inputs):
            raise ShapeMismatch(inputs, f"one or two sequences, {_SEQUENCE}")
        width = inputs[0][1]
        if inputs[-1][1] != width or (isinstance(width, int) and isinstance(self.heads, int) and width % self.heads):
            raise ShapeMismatch(inputs, f"one width that {self.heads} heads divide")
        return inputs[0]

    def terms(self, inputs: Sequence[Shape], output: Shape, padding: bool = False) -> tuple[Term, ...]:
        """Four linear maps, scores, averages, softmax."""
        (asking, width), asked = inputs[0], inputs[-1][0]
        found: tuple[Term, ...] = ()
        for part, places in (("query", asking), ("key", asked), ("value", asked), ("output", asking)):
            found += filter_terms(width * width, width, places, self.bias, part)
        pairs = asking * asked
        for quantity in ("connections", "multiply_accumulates", "multiplications"):
            found += (Term(quantity, "attention", 2 * pairs * width, "scores and averages"),)
        sums = pairs * (width - self.heads) + asking * (asked - 1) * width
        return (
            *found,
            Term("additions", "attention", sums, "scores and averages"),
            Term("activation_evaluations", "softmax", self.heads * pairs),
            Term("activations", "output", self.heads * pairs, "attention weights"),
        )
