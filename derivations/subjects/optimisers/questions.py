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
from derivations.subjects.optimisers.answers import Change, Equivalence, ScheduleError, Schedules, Verdict
from derivations.subjects.optimisers.arithmetic import differ
from derivations.subjects.optimisers.iteration import Iteration, Parameter, letter, rotated
from derivations.subjects.optimisers.library import named
from derivations.subjects.optimisers.linear import NotLinear, system
from derivations.subjects.optimisers.parameters import Map, inside, invertible, solved
from derivations.subjects.optimisers.parting import parting
from derivations.subjects.optimisers.proving import Scene, prove
from derivations.subjects.optimisers.reading import expression, read_one
from derivations.subjects.optimisers.relations import Pair, Relation, Relations
from derivations.subjects.optimisers.runs import (
    GRADIENTS,
    STARTS,
    Counterexample,
    Oracles,
    instances,
    part,
    part_on,
    run,
)  # fmt: skip


def resolved(method: str | Iteration) -> Iteration:
    """The iteration of a library name, of a text, or itself."""
    if isinstance(method, Iteration):
        return method
    return read_one(method) if "\n" in method else named(method)


@dataclass(frozen=True)
class Question:
    """Two iterations, which parameters vary from step to step, and what was told about the others."""

    a: Iteration
    b: Iteration
    scheduled: tuple[str, ...]
    told: Mapping[str, Expr] = field(default_factory=dict)
    searching: bool = True

    @classmethod
    def of(
        cls, a: str | Iteration, b: str | Iteration, schedules: Schedules, told: Mapping[str, str | int | Expr] | None
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
        return cls(first, second, _scheduled(first, second, schedules), mapped, told is None)

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
                better = self.under(found).attempt()
                if better.verdict is Verdict.EQUIVALENT:
                    changed = {n: v for n, v in found.items() if v != letter(n)}
                    return replace(better, b=self.b, map=replace(better.map, parameters=changed))
        if answer.verdict is not Verdict.EQUIVALENT and search:
            return self._shifted() or answer
        return answer

    def _shifted(self) -> Equivalence | None:
        """The same oracle calls when one method's steps are counted from a later call, from a start that fits."""
        if self.linear is None or self.scheduled or sorted(self.linear.a.oracles) != sorted(self.linear.b.oracles):
            return None
        for calls in range(1, len(self.linear.b.oracles)):
            b = rotated(self.b, calls)
            pair = Pair(self.linear.a, system(b))
            relations = pair.relate(started=False)[1] if pair.comparable else None
            if relations is None or not relations.same_queries or self.a.first or self.b.first:
                continue
            pivots = {r.pivot for r in relations.relations}
            if pivots == {f"a.{s}" for s in self.a.state}:
                scene = Scene(self.a, b, self.parameters, timed_oracles=False, open_start=True)
                return self._proved(relations, tuple(sorted(pivots)), scene)
        return None

    def maps(self) -> list[Map]:
        """Maps of b's parameters that are one-to-one and stay in their domains."""
        if self.linear is None or len(self.a.parameters) != len(self.b.parameters) or not self.linear.comparable:
            return []
        small = list(islice(instances(self.parameters, ()), 5))
        found = solved(self.a, self.b)
        return [m for m in found if invertible(m, self.a.parameters) and inside(m, self.b, small)]

    def under(self, found: Map) -> Question:
        """The same question with b's parameters replaced."""
        return replace(self, b=self.b.specialised(found, self.a.parameters), told=found)

    @cached_property
    def linear(self) -> Pair | None:
        """Both in state-space form, or None when one is not linear."""
        try:
            return Pair(system(self.a), system(self.b))
        except NotLinear:
            return None

    def attempt(self) -> Equivalence:
        """The verdict for parameters of one name being the same numbers."""
        apart = part(self.a, self.b, self.parameters, self.scheduled)
        if apart is not None and self._query_elsewhere(apart):
            return self._different(apart)
        problems = []
        for relations in self._candidates():
            concluded = self._concluded(relations, apart is None)
            if not concluded or (apart is not None and not self._mutual()):
                continue
            try:
                return self._proved(relations, concluded)
            except (RuleError, TooLarge, UndefinedForm) as error:
                problems.append(str(error))
        if apart is not None:
            return self._different(apart)
        if self.linear is not None and not self.scheduled:
            apart = part(self.a, self.b, self.parameters, (), steps=3 * len(self.linear.names))
            if apart is not None:
                return self._different(apart)
        tried = "; ".join(problems) or "no linear relation between the states was found"
        return Equivalence(
            self.a, self.b, self.scheduled, Verdict.UNDECIDED,
            reason=f"they agree on all small instances, but no proof was found: {tried[:400]}",
            compared=(self.a, self.b),
        )  # fmt: skip

    def _query_elsewhere(self, apart: Counterexample) -> bool:
        """Whether the two also query their oracles at different points: on the instance found, or on another."""
        gradients = [value for _, _, value in apart.oracles] or [Fraction(1)]
        found = part_on(self.a, self.b, apart.parameters, apart.start, gradients, "query")
        return found is not None or part(self.a, self.b, self.parameters, self.scheduled, "query") is not None

    def _different(self, apart: Counterexample) -> Equivalence:
        return Equivalence(
            self.a, self.b, self.scheduled, Verdict.NOT_EQUIVALENT, Change(self.told), counterexample=apart,
            compared=(self.a, self.b),
        )  # fmt: skip

    def _candidates(self) -> list[Relations]:
        """Relations between the states that may hold at every step: computed for linear pairs, read off runs otherwise."""
        if self.linear is None:
            return self._read_off()
        if not self.linear.comparable:
            return []
        found = [*self.linear.relate(self.scheduled)]
        if self.scheduled:
            found += self.linear.relate(self.scheduled, delayed=True)
        return sorted((r for r in found if r.same_queries), key=_divisions)

    def _concluded(self, relations: Relations, same: bool) -> tuple[str, ...]:
        """The pivots that say what the claim is: equal iterates, or each iterate a function of the other's state."""
        outputs = f"a.{self.a.output}", f"b.{self.b.output}"
        by_pivot = {r.pivot: r for r in relations.relations}
        for pivot in outputs:
            if pivot in by_pivot and same and relations.same_iterates:
                return (pivot,)
            if pivot in by_pivot and all(name[0] != pivot[0] for name, _ in by_pivot[pivot].terms):
                return tuple(r.pivot for r in relations.relations if r.pivot[0] == pivot[0])
        return ()

    def parting(self, answer: Equivalence) -> Derivation | None:
        """For methods that are not the same, the derivation of the difference of their iterates where they part."""
        if answer.counterexample is None:
            return None
        scene = Scene(self.a, self.b, self.parameters, self.scheduled)
        name, title = f"not-equivalent/{self.a.name}/{self.b.name}", f"{self.a.title} and {self.b.title}"
        return parting(scene, answer.counterexample, name=name, title=title)

    def _mutual(self) -> bool:
        """Whether each iterate is a function of the other method's state."""
        if self.linear is None:
            return False
        solved_for_b, solved_for_a = self.linear.relate(self.scheduled)
        sides = ((solved_for_a, f"a.{self.a.output}"), (solved_for_b, f"b.{self.b.output}"))
        return all(output in {r.pivot for r in relations.relations} for relations, output in sides)

    def _read_off(self) -> list[Relations]:
        """States that are equal on runs, one by one: proposals for the induction to prove."""
        equal: dict[str, list[str]] = {name: list(self.a.state) for name in self.b.state}
        for values in islice(instances(self.parameters, self.scheduled), 4):
            oracles = Oracles([Fraction(g) for g in GRADIENTS[3]])
            try:
                left, right = (run(one, values, STARTS[1], oracles, 4) for one in (self.a, self.b))
            except (ZeroDivisionError, ValueError):
                continue
            for one, other in zip(left.states, right.states, strict=True):
                for name, kept in equal.items():
                    equal[name] = [n for n in kept if not differ(one[n], other[name])]
        found = tuple(Relation(f"b.{n}", ((f"a.{kept[0]}", Integer(1)),)) for n, kept in equal.items() if kept)
        same = any(r.pivot == f"b.{self.b.output}" for r in found)
        return [Relations(found, True, same, bool(self.a.first or self.b.first))] if same else []

    def _proved(self, relations: Relations, concluded: tuple[str, ...], scene: Scene | None = None) -> Equivalence:
        scene = scene or Scene(self.a, self.b, self.parameters, self.scheduled)
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
        if scene.open_start:
            conditions.append(f"{scene.b.title}; initial state: {Change({}, variables)}")
        else:
            conditions.append("initial state: " + ", ".join(f"{n} = {v}" for n, v in _starts(self.a, self.b)))
        return Equivalence(
            self.a, self.b, self.scheduled, Verdict.EQUIVALENT, Change(self.told, variables), tuple(conditions), proof,
            compared=(self.a, scene.b),
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


def _sum(relation: Relation) -> Expr:
    return sum((c * letter(name) for name, c in relation.terms), Integer(0))


def _said(condition: object) -> str:
    return f"{getattr(condition, 'expression', condition)} {'> 0' if type(condition).__name__ == 'Positive' else '≠ 0'}"


def _starts(a: Iteration, b: Iteration) -> list[tuple[str, Expr]]:
    return [(f"{side}.{s.name}", s.value) for side, one in (("a", a), ("b", b)) for s in one.start]
