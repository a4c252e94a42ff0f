"""Estimators of one-sample models: closed forms on statistics, numeric roots where there is none, standard errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Basic, Expr, IndexedBase, Symbol

from derivations.core.binding import free_symbols, occurs, substitute
from derivations.core.calculus import NotDifferentiable, differentiate
from derivations.core.compilation import NothingToCompile
from derivations.core.derivation import Kind
from derivations.core.statements import Equation, InRange, Positive
from derivations.core.symbols import Declaration
from derivations.subjects.likelihood.failures import ConditionNotMet, NoInteriorMaximum, NoStandardErrors, NotSettled
from derivations.subjects.likelihood.result import MaximumLikelihood
from derivations.subjects.likelihood.samples import FLOAT, Place, as_sample
from numeric.evaluate import compile_expression
from numeric.failures import EmptyData, MissingArray, NoMinimum, OutsideDomain, UnexpectedArray
from numeric.optimise import minimise
from numeric.streaming import Gathering, State
from numeric.sufficient import NotStreamable, Plan

Array = NDArray[Any]


_ASIDE: dict[str, Any] = {
    "real": lambda v: (v - 0.5 * (1 + abs(v)), v + 0.5 * (1 + abs(v))),
    "positive": lambda v: (v * 0.6, v / 0.6),
    "unit-interval": lambda v: (v * 0.6 / (1 - 0.4 * v), v / (v + 0.6 * (1 - v))),
    "angle": lambda v: (v - 0.5, v + 0.5),
}


def estimator(derivation: MaximumLikelihood) -> SampleEstimator:
    """The estimator of a one-sample derivation. Raises: NothingToCompile when it was refused."""
    if derivation.kind is Kind.REFUSED:
        raise NothingToCompile(derivation.name, "estimate", f"refused: {derivation.reason}")
    return SampleEstimator(derivation)


@dataclass
class SampleEstimator:
    """Estimates of the parameters of one sample.

    `fit` takes a whole sample; `partial_fit` takes it in chunks and `merge` joins what others have gathered, in any
    order. `numerical` says whether the remaining equation is solved numerically because it has no closed form.
    """

    derivation: MaximumLikelihood
    _state: State | None = field(default=None, repr=False)
    _gatherings: dict[Any, Gathering] = field(default_factory=dict, repr=False, compare=False)
    _seen: tuple[tuple[str, Any], ...] = field(default=(), repr=False, compare=False)
    """The known parameters of the last chunk, already checked."""

    # ------------------------------------------------------------------ the whole sample

    def __call__(self, **arrays: Any) -> dict[str, float]:
        """The same as `fit`."""
        return self.fit(**arrays)

    @property
    def numerical(self) -> bool:
        """Whether a numeric solver has a part in the answer."""
        return self.derivation.kind is Kind.NO_CLOSED_FORM

    @property
    def note(self) -> str:
        """A sentence on how the estimates are found."""
        if not self.numerical:
            return "closed form"
        names = ", ".join(map(str, self.derivation.remaining_unknowns))
        return f"{names}: the remaining equation was solved numerically (BFGS and Newton steps), not in closed form"

    def fit(self, **arrays: Any) -> dict[str, float]:
        """The estimates by name, from the whole sample.

        arrays: the sample by its name, (N,), and the known parameters by theirs.
        Raises: MissingArray, UnexpectedArray, WrongShape, EmptyData, NotNumeric, NotFinite, OutsideDomain,
        ConditionNotMet, NotSettled, NoInteriorMaximum.
        """
        data, known = self._read(arrays)
        if self._streamed is not None:
            state = self._begun(known)
            self._gather(state, data)
            return self._from(state)
        self._place(known).require(data)
        if self.numerical:
            return self._solved(data, known)
        instance = {self._sample: data, self._size: len(data), **known}
        found: dict[Basic, Any] = {}
        self._require((self._on(form, instance) for form, _ in self._conditions), len(data))
        for unknown, form in self.derivation.estimates.items():
            found[unknown] = self._on(form, instance)
        return {str(unknown): float(value) for unknown, value in found.items()}

    def _on(self, form: Expr, instance: Mapping[Basic, Any]) -> float:
        return float(compile_expression(form, variables=self.derivation.declarations.variables).on(instance))

    def _solved(self, data: Array, known: Mapping[Basic, Any]) -> dict[str, float]:
        """The profile objective minimised over what is left, then the eliminated parameters from that."""
        instance = {self._sample: data, self._size: len(data), **known}
        eliminated = self.derivation.eliminated
        objective = substitute(self.objective, eliminated)
        unknowns = [v for v in self.derivation.declarations.variables if v.symbol in self.derivation.remaining_unknowns]
        rng = np.random.default_rng(0)
        names = ", ".join(map(str, self.derivation.remaining_unknowns))
        try:
            with np.errstate(all="ignore"):
                best = minimise(objective, unknowns, instance, rng=rng)
        except NoMinimum as failure:
            raise NotSettled(names, len(data)) from failure
        if not best.converged or not np.isfinite(best.objective):
            raise NotSettled(names, len(data))
        values = {**instance, **best.values}
        self._require_inside(objective, values, best.objective)
        found = {u: self._on(form, values) for u, form in eliminated.items()} | dict(best.values)
        return {entry.name: float(found[entry.head]) for entry in self._parameters}

    def _require_inside(self, objective: Expr, values: Mapping[Basic, Any], lowest: float) -> None:
        """Refuse a point towards which the objective only levels off: the maximum then lies on no parameter value."""
        compiled = compile_expression(objective, variables=self.derivation.declarations.variables)
        for unknown in self.derivation.remaining_unknowns:
            kind = self.derivation.declarations[str(unknown)].domain.kind
            for moved in _ASIDE.get(kind, _ASIDE["real"])(float(values[unknown])):
                beside = compiled.on({**values, unknown: moved})
                if not beside > lowest + 1e-9 * (1 + abs(lowest)):
                    raise NoInteriorMaximum(str(unknown), float(values[unknown]), moved)

    # ------------------------------------------------------------------ chunks and parts

    def partial_fit(self, **arrays: Any) -> SampleEstimator:
        """Gather one more chunk of the sample. Raises: NotStreamable, and what `fit` raises."""
        state = self._state
        if state is not None and len(arrays) == self._width:
            data = arrays.get(self._name)
            if type(data) is np.ndarray and data.dtype is FLOAT and data.ndim == 1:
                for name, value in self._seen:
                    if arrays.get(name) is not value:
                        break
                else:
                    if state.add(data):
                        return self
        return self._partial_fit_checked(arrays)

    def _partial_fit_checked(self, arrays: Mapping[str, Any]) -> SampleEstimator:
        if self._streamed is None:
            self._plan()
        data, known = self._read(arrays)
        if self._state is None:
            self._state = self._begun(known)
        elif self._state.known != known:
            raise ValueError(f"the known parameters were {self._state.known} before and are {known} now")
        self._gather(self._state, data)
        self._seen = tuple((entry.name, arrays[entry.name]) for entry in self._known)
        return self

    def _gather(self, state: State, data: Array) -> None:
        """Add one chunk, or nothing. Raises: NotFinite, OutsideDomain."""
        if not state.add(data):
            self._place(state.known).require(data)
            raise OutsideDomain(self._declared.name, "what the statistics can hold", "numbers whose sums overflow")

    def merge(self, other: SampleEstimator) -> SampleEstimator:
        """Take in what another estimator of the same derivation has gathered."""
        if other._state is None:
            return self
        if self._state is None:
            self._state = self._begun(other._state.known)
        if self._state.known != other._state.known or self.derivation != other.derivation:
            raise ValueError("the two estimators are of different models or of different known parameters")
        self._state.merge(other._state)
        return self

    @property
    def estimates(self) -> dict[str, float]:
        """The estimates from everything gathered so far."""
        if self._state is None or not self._state.count:
            raise EmptyData(self._sample.name, (0,))
        return self._from(self._state)

    def _from(self, state: State) -> dict[str, float]:
        values = state.values()
        split = len(self.derivation.estimates)
        self._require(values[split:], state.count)
        return {str(u): value for u, value in zip(self.derivation.estimates, values[:split], strict=True)}

    def _begun(self, known: Mapping[Basic, Any]) -> State:
        assert self._streamed is not None
        key = tuple(known.values())
        if key not in self._gatherings:
            self._gatherings[key] = Gathering(self._streamed, dict(known), self._place(known).test())
        return State(self._gatherings[key])

    def _place(self, known: Mapping[Basic, Any]) -> Place:
        """Where the observations have to lie, as far as what is known says."""
        unknown = {entry.head for entry in self._parameters}
        ends = [
            None if end is None or unknown & end.free_symbols else float(compile_expression(end, variables=()).on(known))
            for end in self.derivation.support
        ]
        return Place(self._declared, *ends)

    @cached_property
    def _streamed(self) -> Plan | None:
        try:
            return self._plan()
        except NotStreamable:
            return None

    def _plan(self) -> Plan:
        if self.numerical:
            raise NotStreamable(self.derivation.remaining[0], "it has no closed form")
        index = next(e.head for e in self.derivation.declarations if e.domain.kind == "index")
        # Conditions first would fail before an undefined estimate is met; the order of evaluation is that of the forms.
        forms = (*self.derivation.estimates.values(), *(form for form, _ in self._conditions))
        return Plan.of(forms, self._sample, index, self._size)

    # ------------------------------------------------------------------ standard errors

    @cached_property
    def objective(self) -> Expr:
        """ℓ written out in the sample and the parameters."""
        found: Expr | None = None
        for step in self.derivation.steps:
            statement = step.statement
            if isinstance(statement, Equation) and str(getattr(statement.left, "func", "")) == "ell":
                found = statement.right
        assert found is not None
        return found

    @cached_property
    def observed_information(self) -> tuple[tuple[Expr, ...], ...]:
        """∂²ℓ/∂θ_j∂θ_k, the observed information, as expressions. Raises: NoStandardErrors."""
        if self.derivation.kind is Kind.BOUNDARY_MAXIMUM:
            raise NoStandardErrors(self.derivation.name, "the maximum is where the likelihood is not smooth")
        unknown = [entry.head for entry in self._parameters]
        try:
            return tuple(
                tuple(differentiate(differentiate(self.objective, a), b) for b in unknown) for a in unknown
            )
        except NotDifferentiable as failure:
            raise NoStandardErrors(self.derivation.name, str(failure)) from failure

    def standard_errors(self, **arrays: Any) -> dict[str, float]:
        """Asymptotic standard errors by name: the roots of the diagonal of the inverse observed information.

        Raises: NoStandardErrors, and what `fit` raises.
        """
        information = self.observed_information
        found = self.fit(**arrays)
        data, known = self._read(arrays)
        instance = {self._sample: data, self._size: len(data), **known}
        instance |= {entry.head: found[entry.name] for entry in self._parameters}
        matrix = np.array([[self._on(entry, instance) for entry in row] for row in information])
        if not np.isfinite(matrix).all() or np.linalg.eigvalsh((matrix + matrix.T) / 2)[0] <= 0:
            raise NoStandardErrors(self.derivation.name, "the observed information is not positive definite here")
        errors = np.sqrt(np.diag(np.linalg.inv(matrix)))
        return {entry.name: float(error) for entry, error in zip(self._parameters, errors, strict=True)}

    # ------------------------------------------------------------------ the door

    @property
    def sample_name(self) -> str:
        """The name under which the sample is passed."""
        return self._declared.name

    @property
    def known_names(self) -> tuple[str, ...]:
        """The names of the known parameters, which are passed with it."""
        return tuple(entry.name for entry in self._known)

    @cached_property
    def _parameters(self) -> tuple[Declaration, ...]:
        names = [e for e in self.derivation.declarations if e.meaning == "to be estimated"]
        return tuple(names)

    @cached_property
    def _known(self) -> tuple[Declaration, ...]:
        return tuple(e for e in self.derivation.declarations if e.meaning == "known")

    @cached_property
    def _name(self) -> str:
        return self._declared.name

    @cached_property
    def _width(self) -> int:
        return 1 + len(self._known)

    @cached_property
    def _declared(self) -> Declaration:
        return next(e for e in self.derivation.declarations if e.axes)

    @property
    def _sample(self) -> IndexedBase:
        return self._declared.head

    @property
    def _size(self) -> Symbol:
        return self._declared.axes[0]

    @cached_property
    def _conditions(self) -> tuple[tuple[Expr, bool], ...]:
        """What the sample and the known parameters decide: expressions that have to be positive, or (False) not negative."""
        unknown = [entry.head for entry in self._parameters]
        index = {e.head for e in self.derivation.declarations if e.domain.kind == "index"}
        found = []
        for condition in self.derivation.conditions:
            if isinstance(condition, Positive):
                wanted, strict = condition.expression, True
            elif isinstance(condition, InRange) and condition.index in unknown:
                wanted, strict = condition.upper - condition.lower, False
            else:
                continue
            if not any(occurs(u, wanted) for u in unknown) and not index & free_symbols(wanted):
                found.append((wanted, strict))
        return tuple(found)

    def _require(self, values: Iterable[float], count: int) -> None:
        """Raises: ConditionNotMet."""
        for (condition, strict), value in zip(self._conditions, values, strict=True):
            if not (value > 0 or (value == 0 and not strict)):
                raise ConditionNotMet(str(condition), value, count, strict)

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset((self._declared.name, *(entry.name for entry in self._known)))

    def _read(self, arrays: Mapping[str, Any]) -> tuple[Array, dict[Basic, Any]]:
        name, wanted = self._declared.name, self._wanted
        if arrays.keys() != wanted:
            for given in arrays:
                if given not in wanted:
                    raise UnexpectedArray(given, tuple(sorted(wanted)))
            for needed in sorted(wanted):
                if needed not in arrays:
                    raise MissingArray(needed, tuple(arrays))
        known: dict[Basic, Any] = {}
        for entry in self._known:
            known[entry.head] = arrays[entry.name]
            if not entry.domain.contains(arrays[entry.name], {}):
                raise OutsideDomain(entry.name, str(entry.domain), str(arrays[entry.name]))
        return as_sample(self._declared, arrays[name]), known
