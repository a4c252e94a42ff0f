"""The question whether two iterations are the same: attempts under maps between parameters, schedules and shifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice

from sympy import Expr, Integer, fraction, together

from derivations.core.derivation import Derivation
from derivations.core.kernel import RuleError
from derivations.core.normal_form import TooLarge, UndefinedForm
from derivations.subjects.optimisers import observed
from derivations.subjects.optimisers.answers import Change, Equivalence, ScheduleError, Schedules, Verdict
from derivations.subjects.optimisers.elimination import TooMuchWork
from derivations.subjects.optimisers.iteration import Iteration, IterationError, Parameter, letter
from derivations.subjects.optimisers.library import named
from derivations.subjects.optimisers.linear import CONSTANT, NotLinear, system
from derivations.subjects.optimisers.oracles import ORACLES
from derivations.subjects.optimisers.parameters import Map, inside, invertible, solved
from derivations.subjects.optimisers.parting import parting
from derivations.subjects.optimisers.proving import Scene, prove
from derivations.subjects.optimisers.reading import expression, read_one
from derivations.subjects.optimisers.relations import Pair, Relation, Relations
from derivations.subjects.optimisers.runs import LONG_RUN, Counterexample, defined, instances, part, part_on
from derivations.subjects.optimisers.transformed import conjugates, repeated, rotated, without_conjugates

MAX_COUNT = 12
"""The largest number of steps that may be counted as one."""


def resolved(method: str | Iteration) -> Iteration:
    """The iteration of a library name, of a text, or itself."""
    if isinstance(method, Iteration):
        return method
    return read_one(method) if "\n" in method else named(method)


@dataclass(frozen=True)
class Question:
    """Two iterations, which parameters vary from step to step, and what was told about the others.

    `counts`: so many steps of a are compared with so many of b.
    """

    a: Iteration
    b: Iteration
    scheduled: tuple[str, ...]
    told: Mapping[str, Expr] = field(default_factory=dict)
    searching: bool = True
    counts: tuple[int, int] = (1, 1)

    @classmethod
    def of(
        cls,
        a: str | Iteration,
        b: str | Iteration,
        schedules: Schedules,
        told: Mapping[str, str | int | Expr] | None,
        counts: tuple[int, int] = (1, 1),
    ) -> Question:
        """The question as the public function was asked it. Raises: UnknownIteration, IterationError, ScheduleError."""
        first, second = resolved(a), resolved(b)
        if first is second:
            second = replace(second, title=f"{second.title}, again")
        mapped: dict[str, Expr] = {}
        for key, value in (told or {}).items():
            name = key.rpartition(".")[2]
            meant = value if isinstance(value, Expr) else expression(str(value), f"map of {key}")
            on_b = key.startswith("b.") or (not key.startswith("a.") and any(p.name == name for p in second.parameters))
            if on_b:
                second.parameter(name)
                second = second.specialised({name: meant}, first.parameters)
                mapped[name] = meant
            else:
                first.parameter(name)
                first = first.specialised({name: meant}, second.parameters)
                mapped[f"a.{name}"] = meant
        scheduled = _scheduled(first, second, schedules)
        if counts != (1, 1):
            _countable(counts, scheduled)
            first, second = repeated(first, counts[0]), repeated(second, counts[1])
        return cls(first, second, scheduled, mapped, told is None, counts)

    @cached_property
    def conjugates(self) -> tuple[str, ...]:
        """Oracles of a convex conjugate that one side calls while the other calls the function itself."""
        called = {*self.a.oracles, *self.b.oracles}
        found = conjugates(self.a) | conjugates(self.b)
        return tuple(sorted(name for name in found if ORACLES[name].conjugate in called))

    @cached_property
    def sides(self) -> tuple[Iteration, Iteration]:
        """Both iterations, calling the functions themselves where one of the two does."""
        if not self.conjugates:
            return self.a, self.b
        return without_conjugates(self.a, self.conjugates), without_conjugates(self.b, self.conjugates)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of both, those of one name once, in the narrower of the two domains."""
        merged: dict[str, Parameter] = {}
        for parameter in (*self.a.parameters, *self.b.parameters):
            known = merged.get(parameter.name)
            narrower = known is None or _WIDTH[parameter.kind] < _WIDTH[known.kind]
            merged[parameter.name] = parameter if narrower else known  # type: ignore[assignment]
        return tuple(merged.values())

    def answer(self, search: bool = True) -> Equivalence:
        """Same names first; then, unless told, a map between the parameters."""
        answer = self.attempt()
        if answer.verdict is Verdict.NOT_EQUIVALENT and self.searching and search:
            for found in self.maps():
                asked = self.under(found)
                better = asked.attempt()
                if better.verdict is not Verdict.EQUIVALENT:
                    better = asked._shifted() or better
                if better.verdict is Verdict.EQUIVALENT:
                    changed = {n: v for n, v in found.items() if v != letter(n)}
                    return replace(better, b=self.b, map=replace(better.map, parameters=changed))
        if answer.verdict is not Verdict.EQUIVALENT and search:
            return self._shifted() or answer
        return answer

    def _shifted(self) -> Equivalence | None:
        """The same oracle calls when one method's steps are counted from a later call, from a start that fits."""
        found = (self.shifted(calls) for calls in range(1, len(self.linear.b.oracles) if self.linear else 1))
        return next((answer for answer in found if answer is not None), None)

    def shifted(self, calls: int) -> Equivalence | None:
        """The same oracle calls when the steps of b are counted from a call so many later, from a start that fits."""
        if self.linear is None or self.scheduled or self.counts != (1, 1) or self.a.first or self.b.first:
            return None
        a, b = rotated(self.a, 0), rotated(self.b, calls)
        if a is None or b is None or sorted(self.linear.a.oracles) != sorted(self.linear.b.oracles):
            return None
        pair = Pair(system(without_conjugates(a, self.conjugates)), system(without_conjugates(b, self.conjugates)))
        if not pair.comparable:
            return None
        try:
            relations = pair.relate(started=False)[1]
        except TooMuchWork:
            return None
        pivots = {r.pivot for r in relations.relations}
        if not relations.same_queries or pivots != {f"a.{s}" for s in a.state}:
            return None
        scene = Scene(a, b, self.parameters, timed_oracles=False, open_start=True, conjugates=self.conjugates)
        try:
            return replace(self._proved(relations, tuple(sorted(pivots)), scene), shift=calls)
        except (RuleError, TooLarge, UndefinedForm):
            return None

    def maps(self) -> list[Map]:
        """Maps of b's parameters that are one-to-one and stay in their domains."""
        if len(self.a.parameters) != len(self.b.parameters):
            return []
        if self.linear is None:
            return list(observed.renamings(self.a, self.b))
        if not self.linear.comparable:
            return list(observed.renamings(self.a, self.b))
        small = list(islice(instances(self.parameters, ()), 5))
        found = solved(*self.sides)
        return [m for m in found if invertible(m, self.a.parameters) and inside(m, self.b, small)]

    def under(self, found: Map) -> Question:
        """The same question with b's parameters replaced, and told so."""
        b = self.b.specialised(found, self.a.parameters)
        names = {p.name for one in (self.a, b) for p in one.parameters if p.scheduled}
        scheduled = {str(found.get(name, letter(name))) for name in self.scheduled} & names
        return replace(self, b=b, told=found, scheduled=tuple(n for n in (*self.scheduled, *sorted(scheduled)) if n in names))

    @cached_property
    def linear(self) -> Pair | None:
        """Both in state-space form, or None when one is not linear."""
        try:
            return Pair(system(self.sides[0]), system(self.sides[1]))
        except NotLinear:
            return None

    def attempt(self) -> Equivalence:
        """The verdict for parameters of one name being the same numbers."""
        apart = part(*self.sides, self.parameters, self.scheduled)
        if apart is not None and self._query_elsewhere(apart):
            return self._different(apart)
        problems = []
        try:
            candidates = self._candidates()
        except TooMuchWork as error:
            candidates, problems = [], [str(error)]
        for relations in candidates:
            concluded = self._concluded(relations, apart is None)
            if not concluded or (apart is not None and not self._mutual()):
                continue
            try:
                return self._proved(relations, concluded)
            except (RuleError, TooLarge, UndefinedForm) as error:
                problems.append(str(error))
        if apart is not None:
            return self._different(apart)
        steps = max(LONG_RUN, 0 if self.linear is None else 3 * len(self.linear.names))
        apart = part(*self.sides, self.parameters, self.scheduled, steps=steps)
        if apart is not None:
            return self._different(apart)
        if not defined(*self.sides, self.parameters, self.scheduled):
            reason = (
                "they could not be run on a small instance: a step divides by zero, takes a root of a negative number "
                "or makes numbers too large"
            )
        else:
            tried = "; ".join(problems) or "no linear relation between the states was found"
            reason = f"they agree on all small instances, but no proof was found: {tried[:400]}"
        return Equivalence(self.a, self.b, self.scheduled, Verdict.UNDECIDED, reason=reason, compared=self.sides)

    def _query_elsewhere(self, apart: Counterexample) -> bool:
        """Whether the two also query their oracles at different points: on the instance found, or on another."""
        gradients = [value for _, _, value in apart.oracles] or [Fraction(1)]
        found = part_on(*self.sides, apart.parameters, apart.start, gradients, "query")
        return found is not None or part(*self.sides, self.parameters, self.scheduled, "query") is not None

    def _different(self, apart: Counterexample) -> Equivalence:
        return Equivalence(
            self.a, self.b, self.scheduled, Verdict.NOT_EQUIVALENT, Change(self.told), counterexample=apart,
            compared=self.sides,
        )  # fmt: skip

    def _candidates(self) -> list[Relations]:
        """Relations between the states that may hold at every step: computed for linear pairs, read off runs otherwise."""
        if self.linear is None:
            return self._read_off()
        found = [*self.linear.relate(self.scheduled)]
        if self.scheduled or self.linear.clocked:
            found += self.linear.relate(self.scheduled, delayed=True)
        return sorted(found, key=_divisions)

    def _concluded(self, relations: Relations, same: bool) -> tuple[str, ...]:
        """The pivots that say what the claim is: equal iterates, or each iterate a function of the other's state."""
        outputs = f"a.{self.a.output}", f"b.{self.b.output}"
        by_pivot = {r.pivot: r for r in relations.relations}
        for pivot in outputs:
            if pivot in by_pivot and same and relations.same_iterates:
                return (pivot,)
            foreign = pivot in by_pivot and all(name[0] != pivot[0] for name, _ in by_pivot[pivot].terms)
            if foreign and relations.same_queries:
                return tuple(r.pivot for r in relations.relations if r.pivot[0] == pivot[0])
        return ()

    def parting(self, answer: Equivalence) -> Derivation | None:
        """For methods that are not the same, the derivation of the difference of their iterates where they part."""
        if answer.counterexample is None:
            return None
        scene = self._scene()
        name, title = f"not-equivalent/{self.a.name}/{self.b.name}", f"{self.a.title} and {self.b.title}"
        return parting(scene, answer.counterexample, name=name, title=title)

    def _scene(self) -> Scene:
        """The symbols of a proof; an objective that several steps share is the same at every step."""
        return Scene(
            self.a, self.b, self.parameters, self.scheduled, timed_oracles=self.counts == (1, 1), conjugates=self.conjugates
        )

    def _mutual(self) -> bool:
        """Whether each iterate is a function of the other method's state."""
        if self.linear is None:
            return False
        try:
            solved_for_b, solved_for_a = self.linear.relate(self.scheduled)
        except TooMuchWork:
            return False
        if not solved_for_b.same_queries:
            return False
        sides = ((solved_for_a, f"a.{self.a.output}"), (solved_for_b, f"b.{self.b.output}"))
        return all(output in {r.pivot for r in relations.relations} for relations, output in sides)

    def _read_off(self) -> list[Relations]:
        """States related on runs, one by one: proposals for the induction to prove."""
        for_b, for_a = observed.relations(*self.sides, self.parameters, self.scheduled)
        late = bool(self.a.first or self.b.first)
        outputs = f"a.{self.a.output}", f"b.{self.b.output}"
        candidates = [
            Relations(tuple(found), True, True, late)
            for found, pivot, other in ((for_b, outputs[1], outputs[0]), (for_a, *outputs))
            if Relation(pivot, ((other, Integer(1)),)) in found
        ]
        return sorted(candidates, key=_divisions)

    def _proved(self, relations: Relations, concluded: tuple[str, ...], scene: Scene | None = None) -> Equivalence:
        scene = scene or self._scene()
        steady = "" if self.scheduled else " with constant parameters"
        rates = f" for any schedule of {' and '.join(self.scheduled)}" if self.scheduled else ""
        same = relations.same_iterates and not scene.open_start
        what = (
            "make the same iterates" if same else "query the same points, and their iterates are functions of each other's state"
        )
        if scene.open_start:
            what = "query the same points in the same order, once their steps are counted from the same call"
        proof = prove(
            scene, relations.relations, late=relations.from_first_step,
            name=f"equivalent/{self.a.name}/{self.b.name}",
            title=f"{self.a.title} and {self.b.title}",
            summary=f"Both methods{steady} {what}{rates}, whatever the objective.",
            sentence=f"From {'fitting starts' if scene.open_start else 'the same start'} both methods {what}{rates}.",
            concluded=concluded, open_start=scene.open_start,
        )  # fmt: skip
        variables = {r.pivot: _sum(r) for r in relations.relations}
        conditions = [f"constant {', '.join(p.name for p in self.parameters if p.scheduled)}"] if not self.scheduled else []
        if self.scheduled:
            fixed = [p.name for p in self.parameters if p.scheduled and p.name not in self.scheduled]
            conditions += [f"constant {', '.join(fixed)}"] if fixed else []
        conditions = [c for c in conditions if c != "constant "]
        conditions += [_said(c) for c in proof.conditions]
        if self.counts != (1, 1):
            conditions.append(f"steps of a for steps of b, {self.counts[0]} to {self.counts[1]}, the objective the same at each")
        functions = sorted({ORACLES[name].objective for name in self.conjugates})
        conditions += [f"{name} closed, proper and convex" for name in functions]
        if scene.open_start:
            conditions.append(f"{scene.b.title}; initial state: {Change({}, variables)}")
        else:
            conditions.append("initial state: " + ", ".join(f"{n} = {v}" for n, v in _starts(self.a, self.b)))
        return Equivalence(
            self.a, self.b, self.scheduled, Verdict.EQUIVALENT, Change(self.told, variables), tuple(conditions), proof,
            compared=(self.sides[0], without_conjugates(scene.b, self.conjugates)),
        )  # fmt: skip


def _divisions(relations: Relations) -> int:
    return sum(fraction(together(c))[1] != 1 for r in relations.relations for _, c in r.terms)


_WIDTH = {"unit-interval": 0, "positive": 1, "nonnegative": 2, "real": 3}


def _scheduled(a: Iteration, b: Iteration, schedules: Schedules) -> tuple[str, ...]:
    known = tuple(dict.fromkeys(p.name for one in (a, b) for p in one.parameters if p.scheduled))
    if schedules == "constant":
        return ()
    if schedules == "any":
        return known
    names = (schedules,) if isinstance(schedules, str) else tuple(schedules)
    if not names or any(name not in known for name in names):
        raise ScheduleError(schedules, known)
    return names


def _countable(counts: tuple[int, int], scheduled: tuple[str, ...]) -> None:
    if not all(isinstance(c, int) and 1 <= c <= MAX_COUNT for c in counts):
        raise IterationError("steps", f"{counts} asked for", f"two numbers of steps from 1 to {MAX_COUNT}")
    if scheduled:
        raise ScheduleError(scheduled, ())


def _sum(relation: Relation) -> Expr:
    return sum((c if name == CONSTANT else c * letter(name) for name, c in relation.terms), Integer(0))


def _said(condition: object) -> str:
    return f"{getattr(condition, 'expression', condition)} {'> 0' if type(condition).__name__ == 'Positive' else '≠ 0'}"


def _starts(a: Iteration, b: Iteration) -> list[tuple[str, Expr]]:
    return [(f"{side}.{s.name}", s.value) for side, one in (("a", a), ("b", b)) for s in one.start]
