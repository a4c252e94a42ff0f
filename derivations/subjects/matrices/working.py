"""One derivative in the making: the expression read by index, an entry differentiated, simplified, folded back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, I, Indexed, IndexedBase, Sum, Symbol, nan, oo, zoo
from sympy.core.function import AppliedUndef, UndefinedFunction

from derivations.core.binding import substitute
from derivations.core.derivation import Argument, Kind
from derivations.core.functions import antiderivative_name
from derivations.core.kernel import RuleError
from derivations.core.naming import readable
from derivations.core.proof import Proof
from derivations.core.symbols import function
from derivations.subjects.matrices.building import transposed
from derivations.subjects.matrices.checking import compiled_against_differences
from derivations.subjects.matrices.declaring import PROBE, Names, declare
from derivations.subjects.matrices.elementwise import ELEMENTWISE, SUFFIX, U, head
from derivations.subjects.matrices.expressions import Matrix, ShapeMismatch, shape_text, sizes_of
from derivations.subjects.matrices.folding import Unfoldable, fold
from derivations.subjects.matrices.layout import Layout
from derivations.subjects.matrices.notation import latex, text
from derivations.subjects.matrices.reading import Reader, array_of
from derivations.subjects.matrices.results import MatrixDerivation, NoSuchVariable, NotReal, NotShown

OBJECTIVES = {"f": "f", "loss": r"\ell", "objective": "J", "expression": "E", "differentiated": "D"}
"""Names for what is differentiated, the first that the expression does not use itself, and their letters."""
SLOPES = ("slope", "along", "directional", "derivative", "moved")

MAX_PASSES = 2
"""An indicator that comes out of an inner sum in the first pass is sifted in the second."""


def found_in(expression: Matrix, of: Matrix | str) -> Matrix:
    """The variable of that name in an expression. Raises: NoSuchVariable."""
    name = of if isinstance(of, str) else of.data
    for known in expression.variables():
        if known.data == name:
            return known
    raise NoSuchVariable(str(name), tuple(v.data for v in expression.variables()))


@dataclass
class Work:
    """One derivation in the making."""

    expression: Matrix
    of: Matrix
    layout: Layout
    to: Matrix | None = None
    names: Names = field(init=False)
    proof: Proof = field(init=False)
    objective: Expr = field(init=False)
    name: str = "f"
    slope: str = "slope"

    def _open(self, *more: Matrix, along: bool = False, more_axes: int = 1) -> tuple[int, tuple[Symbol, ...]]:
        """Declare everything, state f entry by entry, and give the indices of its entry and of the variable's."""
        variables = (*self.expression.variables(), *more)
        probe = Reader().entry(self.expression, *(Symbol(f"{PROBE}{n}", integer=True) for n in range(len(self.expression.shape))))
        if probe.has(zoo, nan, oo, -oo, I):
            raise NotReal(self.expression)
        taken = {s.name for v in variables for s in (*sizes_of(v.shape), Symbol(v.data))}
        taken |= {name for call in probe.atoms(AppliedUndef) for name in _related(call.func.__name__)}
        self.name, self.slope = (next(name for name in names if name not in taken) for names in (OBJECTIVES, SLOPES))
        letter = OBJECTIVES[self.name]
        slope = function(self.slope, rf"\mathrm{{{{D}}}} {letter}", "derivative along the direction")
        objective = function(self.name, letter, "what is differentiated")
        self.names = declare(variables, (probe,), objective, *((slope,) if along else ()))
        axes = (*self.expression.shape, *(extent for _ in range(more_axes) for extent in self.of.shape))
        indices = self.names.pick(axes)
        self.proof = Proof(self.names.declarations)
        outputs = indices[: len(self.expression.shape)]
        arrays = [array_of(v) for v in self.expression.variables() if v.shape or v == self.of]
        self.objective = self._function(self.name)(*arrays, *outputs)
        self.proof.heading("Entry by entry")
        self._state_slopes()
        entry = readable(Reader().entry(self.expression, *outputs), self.names.declarations, indices)
        if self.expression.operation == "indexed":
            shown = "What is differentiated is a sum over indices:"
        elif outputs:
            shown = f"The entries of ${letter} = {latex(self.expression)}$ are"
        else:
            shown = f"With ${letter} = {latex(self.expression)}$ read by index,"
        start = self.proof.step("define", left=self.objective, right=entry, note=shown)
        return start, indices

    def _function(self, name: str) -> UndefinedFunction:
        return self.names.declarations[name].head

    def _state_slopes(self) -> None:
        """The derivative of every elementwise function that the table knows, as a premise."""
        wanted = sorted(entry.name for entry in self.names.declarations if antiderivative_name(entry.name) in ELEMENTWISE)
        for name in wanted:
            root = antiderivative_name(name) or ""
            known = ELEMENTWISE[root]
            if known.slope is not None:
                number = self.names.number
                kinks = f" for ${number} \\ne {known.kinks[0]}$" if known.kinks else ""
                right = substitute(known.slope, {U: number})
                self.proof.step("given", left=head(name)(number), right=right, note=f"The derivative of {root}{kinks}:")

    def _entry_of(self, indices: tuple[Symbol, ...]) -> Expr:
        base = array_of(self.of)
        return Indexed(base, *indices) if isinstance(base, IndexedBase) else base

    def _differentiated(self, start: int, entry: Expr) -> int:
        position = self.proof.step("differentiate", start, variable=entry)
        return self._simplified(position)

    def _simplified(self, position: int) -> int:
        """Write known derivatives in, sift indicators, split sums where that helps the sifting."""
        position = self._slopes_written_in(position)
        for rule in ("sift_delta", "pull_out_constant") * MAX_PASSES:
            choices: tuple[dict[str, Any], ...] = ({}, {"plain": 1}) if rule == "sift_delta" else ({},)
            for arguments in choices:  # an indicator such as 1[u = s o + a] may not be known to have its index in range
                with suppress(RuleError):
                    position = self.proof.step(rule, position, **arguments)
                    break
        return position

    def _slopes_written_in(self, position: int) -> int:
        right = self.proof.right(position)
        names = {call.func.__name__ for call in right.atoms(AppliedUndef)}
        known = tuple(sorted(n for n in names if antiderivative_name(n) in ELEMENTWISE))
        return self.proof.step("unfold_definition", position, name=known) if known else position

    def _folded(self, position: int, free: tuple[Symbol, ...], *more: Matrix) -> tuple[int, Matrix | None]:
        """The right side as a matrix expression, certified by reading it back."""
        declared = self.names.declarations
        sizes = tuple((s, declared.range_of(s)[1]) for s in free)  # type: ignore[index]
        variables = {array_of(v): v for v in (*self.expression.variables(), *more)}
        try:
            matrix = fold(self.proof.right(position), sizes, variables)
            entry = readable(Reader().entry(matrix, *free), declared, free)
        except Unfoldable:
            return position, None
        if entry != self.proof.right(position):
            self.proof.heading("As matrices")
            arguments: dict[str, Argument] = {"to": entry}
            position = self.proof.step("rearrange", position, note="This is the entry of a matrix expression:", **arguments)
        return position, matrix

    # ------------------------------------------------------------------ what is asked for

    def first(self) -> MatrixDerivation:
        """∂f/∂X."""
        start, indices = self._open()
        outputs = len(self.expression.shape)
        position = self._differentiated(start, self._entry_of(indices[outputs:]))
        matrix = self.to
        if matrix is not None:
            position = self._as_asked(matrix, position, indices, outputs)
        else:
            position, matrix = self._folded(position, indices)
            if matrix is not None and self._turned(outputs):
                matrix = transposed(matrix)
        return self._done("gradient" if not outputs else "jacobian", position, matrix, indices, _quotient(self.of))

    def _as_asked(self, to: Matrix, position: int, indices: tuple[Symbol, ...], outputs: int) -> int:
        """The right side as the entry of a given matrix expression. Raises: ShapeMismatch, NoSuchVariable, NotShown."""
        for part in to.variables():
            found_in(self.expression, part)
        natural = transposed(to) if self._turned(outputs) else to
        wanted = (*self.expression.shape, *self.of.shape)
        if natural.shape != wanted:
            raise ShapeMismatch("to", (natural.shape, wanted), f"the result has the second shape before the {self.layout} layout")
        entry = readable(Reader().entry(natural, *indices), self.names.declarations, indices)
        self.proof.heading("As matrices")
        try:
            return self.proof.step("rearrange", position, to=entry, note="This is the entry of the matrix expression asked for:")
        except RuleError:
            _, found = self._folded(position, indices)
            raise NotShown(to, text(found) if found is not None else str(self.proof.right(position))) from None

    def _turned(self, outputs: int) -> bool:
        """Whether the entry's axes (outputs first, then the variable's) are the transpose of the layout's."""
        natural = Layout.NUMERATOR if outputs else Layout.DENOMINATOR
        return self.layout is not natural

    def second(self) -> MatrixDerivation:
        """∂²f/∂x∂xᵀ."""
        start, indices = self._open(more_axes=2)
        half = len(self.of.shape)
        position = self._differentiated(start, self._entry_of(indices[:half]))
        position = self._differentiated(position, self._entry_of(indices[half:]))
        position, matrix = self._folded(position, indices)
        return self._done("hessian", position, matrix, indices, f"∂²f/∂{self.of.data}²")

    def along(self, direction: Matrix) -> MatrixDerivation:
        """Σ over the entries of X of ∂²f/∂X∂Xₖₗ times the direction."""
        start, indices = self._open(direction, along=True, more_axes=2)
        half = len(self.of.shape)
        position = self._differentiated(start, self._entry_of(indices[:half]))
        self.proof.heading("Along the direction")
        weight: Any = array_of(direction)
        weighted = weight[indices[:half]] if half else weight
        total: Expr = self.proof.right(position) * weighted
        for letter in reversed(indices[:half]):
            total = Sum(total, (letter, 1, self.names.declarations.range_of(letter)[1]))  # type: ignore[index]
        arrays = [a for a in self.objective.args if isinstance(a, IndexedBase) or a == array_of(self.of)]
        along = self._function(self.slope)(*arrays, *((weight,) if half else ()))
        position = self.proof.step("define", left=along, right=total, note="The derivative along the direction is")
        position = self._differentiated(position, self._entry_of(indices[half:]))
        position, matrix = self._folded(position, indices[half:], direction)
        return self._done("hvp", position, matrix, indices[half:], f"∂²f/∂{self.of.data}² · {direction.data}")

    def _done(
        self, kind: str, position: int, matrix: Matrix | None, indices: tuple[Symbol, ...], symbol: str
    ) -> MatrixDerivation:
        left = {
            "gradient": rf"\frac{{\partial f}}{{\partial {latex(self.of)}}}",
            "jacobian": rf"\frac{{\partial f}}{{\partial {latex(self.of)}}}",
        }.get(kind, rf"\frac{{\partial^2 f}}{{\partial {latex(self.of)}^2}}")
        if matrix is None:
            sentence = "The result stays in index form: no product of vectors and matrices has these entries."
        else:
            sentence = f"In {self.layout} layout, ${left} = {latex(matrix)}$, of shape {shape_text(matrix.shape)}."
        what = "a sum over indices" if self.expression.operation == "indexed" else text(self.expression)
        made = self.proof.done(
            f"{kind}/{what}/{self.of.data}", f"{kind.capitalize()} of {what} by {self.of.data}",
            "The expression is read by index, differentiated entry by entry, and folded back.", Kind.IDENTITY,
            (position,), sentence,
        )  # fmt: skip
        fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
        if kind == "gradient":
            fields["checks"] = (compiled_against_differences,)
        fields |= {"result": matrix, "layout": self.layout, "symbol": symbol, "indices": indices}
        return MatrixDerivation(**fields, expression=self.expression, of=self.of.data)


def _related(name: str) -> tuple[str, ...]:
    """The names of a function and of its derivatives."""
    return tuple(name + SUFFIX * order for order in range(4))


def _quotient(of: Matrix) -> str:
    return f"∂f/∂{of.data}"
