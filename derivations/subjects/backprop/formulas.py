"""The formulas of a derivation for one layer, folded to matrix products: A_1 for A of layer l+1, y_0 for y of layer l."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr, Indexed, IndexedBase, S, Symbol
from sympy.core.function import AppliedUndef

from derivations.core.binding import free_symbols, substitute
from derivations.core.sequences import recurrences_of
from derivations.subjects.backprop.network import Layers, N, W, l, q, width
from derivations.subjects.backprop.recursion import BackpropDerivation
from derivations.subjects.matrices.elementwise import ELEMENTWISE, U, head
from derivations.subjects.matrices.expressions import Matrix, variable
from derivations.subjects.matrices.folding import fold
from derivations.subjects.matrices.programs import Program
from numeric.domains import size as size_symbol


@dataclass(frozen=True)
class Formulas:
    """Writes the formulas of one layer with plain matrices."""

    derivation: BackpropDerivation
    activation: str

    @property
    def _layers(self) -> Layers:
        return self.derivation.layers

    def forward(self) -> dict[str, Program]:
        """z and y of a layer from the outputs of the one before."""
        steps, heads = recurrences_of(self.derivation.steps, self.derivation.declarations), self._layers.heads
        found = {name: steps[getattr(heads, name)].step for name in ("z", "y")}
        return {name: self._program(step.value, True) for name, step in found.items() if step is not None}

    def concluded(self, name: str) -> Program:
        """The right side of the conclusion about G, delta, grad_A, grad_b or C."""
        statement = self.derivation.formula(name)
        return self._program(statement.right, False, *statement.left.indices[2:])  # after layer and number of layers passed

    def from_a_plain_layer(self) -> Program:
        """G where the layer above passes nothing on but its delta: the last layer, which is linear."""
        whole, G = self.derivation.formula("G").right, self._layers.heads.G
        return self._program(substitute(whole, {part: S.Zero for part in whole.atoms(Indexed) if part.base == G}), True)

    def delta_of_outputs(self) -> Program:
        """delta of a layer from the gradient G by its outputs."""
        (layer, *_, entry), meaning = self.derivation.definitions[self._layers.heads.delta]
        return self._program(substitute(meaning, {layer: l}), True, entry)

    def _program(self, formula: Expr, of_a_layer: bool, *entries: Symbol) -> Program:
        plain = self._plain(formula)
        if of_a_layer:
            rows = [s for s in sorted(free_symbols(plain), key=str) if s != q and s.name in "ijpc"]
            entries = (*self._layers.sample, *(entries or rows))
        sizes = {q: size_symbol("N")}
        free = tuple((e, sizes.get(e) or self._size_of(e)) for e in entries)
        return Program.of(fold(plain, free, {_array(v): v for v in self._variables(plain)}))

    def _size_of(self, entry: Symbol) -> Expr:
        """The size n_0 or n_1 of the layer that an index belongs to."""
        upper = self.derivation.declarations.range_of(entry)[1]  # type: ignore[index]
        return self._plain(upper)

    def _plain(self, expression: Basic) -> Any:
        """Entries of layer l + m as entries of plain matrices, σ' in terms of what the forward pass keeps."""
        if expression == N:
            return size_symbol("N")
        if expression == W:
            return size_symbol("n")
        if isinstance(expression, Indexed):
            return self._plain_entry(expression)
        if isinstance(expression, AppliedUndef):
            argument = expression.args[-1]
            name = expression.func.__name__
            if name == "sigma":
                return _applied(self.activation, self._plain(argument))
            known = ELEMENTWISE[self.activation]
            slope = known.slope if known.slope is not None else known.stock.diff(U)  # type: ignore[union-attr]
            before, entry = self._plain(argument), self._plain(self._layers.heads.y[argument.indices])
            kept = {} if self._layers.residual else {head(self.activation)(U): entry}
            return substitute(substitute(slope, kept), {U: before})
        if not expression.args or isinstance(expression, (Symbol, IndexedBase)):
            return expression
        return expression.func(*(self._plain(part) for part in expression.args))

    def _plain_entry(self, entry: Indexed) -> Expr:
        if self._layers.shared and str(entry.base.label) in _SHARED:
            return entry
        offset = entry.indices[0] - l
        if entry.base == width:
            return size_symbol(f"n_{offset}")
        name = str(entry.base.label)
        rest = entry.indices[2:] if name in ("G", "delta", "C") else entry.indices[1:]
        return IndexedBase(f"{name}_{offset}", real=True)[tuple(rest)]

    def _variables(self, plain: Expr) -> list[Matrix]:
        names = sorted({str(entry.base.label) for entry in plain.atoms(Indexed)})
        return [variable(name, *self._shape(name)) for name in names]

    def _shape(self, name: str) -> tuple[Expr, ...]:
        letter, _, offset = name.rpartition("_")
        one_size = self._layers.residual or self._layers.shared
        here, before = (size_symbol("n"),) * 2 if one_size else (size_symbol(f"n_{offset}"), size_symbol(f"n_{int(offset) - 1}"))
        if (letter or name) in ("A", "U", "C"):
            return here, before
        return (here,) if (letter or name) == "b" or not self._layers.batch else (size_symbol("N"), here)


_SHARED = ("A", "b", "U")
"""Parameters that carry no number of a layer where all layers share them."""


def _array(matrix: Matrix) -> IndexedBase:
    return IndexedBase(matrix.data, real=True)


def _applied(name: str, argument: Expr) -> Expr:
    stock = ELEMENTWISE[name].stock
    return head(name)(argument) if stock is None else substitute(stock, {U: argument})
