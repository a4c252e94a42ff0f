"""Step and Derivation: a chain of statements, each link with a named rule, its premises and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Expr

from derivations.core.evidence import Evidence, Word, weakest
from derivations.core.statements import BoundaryMinimum, Condition, Equation, Minimum, Statement
from derivations.core.symbols import Declarations
from numeric.instances import Draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivations.core.compilation import Function
    from derivations.core.reports import Check, Report
    from numeric.rowwise import RowEstimator

Argument: TypeAlias = Expr | str | int | tuple[Expr, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One line: what is now known, by which rule, from which earlier lines (0-based positions), resting on what.

    `evidence` is None for a premise (rule `given`, `define`, `assume`): it is not claimed to follow from anything.
    `heading` opens a new section when it is not empty; `note` is a sentence for the reader.
    """

    statement: Statement
    rule: str
    premises: tuple[int, ...] = ()
    arguments: tuple[tuple[str, Argument], ...] = ()
    conditions: tuple[Condition, ...] = ()
    evidence: Evidence | None = None
    heading: str = ""
    note: str = ""


class Kind(StrEnum):
    """The type of a conclusion."""

    IDENTITY = "identity"
    UNIQUE_MAXIMUM = "unique-maximum"
    BOUNDARY_MAXIMUM = "boundary-maximum"
    NO_CLOSED_FORM = "no-closed-form"
    REFUSED = "refused"
    NO_STATIONARY_POINT = "no-stationary-point"
    UNIQUE_MINIMUM = "unique-minimum"
    BOUND = "bound"
    EQUIVALENT = "equivalent"
    NOT_EQUIVALENT = "not-equivalent"


@dataclass(frozen=True)
class Conclusion:
    """What the derivation as a whole establishes: its kind, the positions of the concluding steps, one sentence."""

    kind: Kind
    steps: tuple[int, ...]
    sentence: str


@dataclass(frozen=True)
class Derivation:
    """A named, replayable chain of steps over declared symbols.

    `model` is the generative story used to sample data for verification; `lemmas` are the derivations whose
    conclusions are cited; `checks` are further comparisons that `verify` makes, and are not stored.
    """

    name: str
    title: str
    summary: str
    declarations: Declarations
    steps: tuple[Step, ...]
    conclusion: Conclusion
    model: tuple[Draw, ...] = ()
    lemmas: tuple[Derivation, ...] = ()
    checks: tuple[Check, ...] = field(default=(), compare=False, repr=False)

    @property
    def conclusions(self) -> tuple[Statement, ...]:
        """The concluding statements."""
        return tuple(self.steps[position].statement for position in self.conclusion.steps)

    @property
    def estimates(self) -> dict[Expr, Expr]:
        """Each estimated parameter with its closed form, in the order found."""
        found: dict[Expr, Expr] = {}
        for statement in self.conclusions:
            if isinstance(statement, (Minimum, BoundaryMinimum)):
                found.update(zip(statement.unknown, statement.value, strict=True))
        return found

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All assumptions and recorded side conditions, in the order they appear."""
        found: dict[Condition, None] = {}
        for step in self.steps:
            if step.rule == "assume" and not isinstance(step.statement, (Equation, Minimum)):
                found[step.statement] = None  # type: ignore[index]
            found.update(dict.fromkeys(step.conditions))
        return tuple(found)

    @property
    def evidence(self) -> Word:
        """The weakest evidence of its steps; `undecided` where nothing is concluded from them."""
        words = [step.evidence.word for step in self.steps if step.evidence is not None]
        return weakest(words) if words and self.conclusion.kind is not Kind.REFUSED else Word.UNDECIDED

    @property
    def definitions(self) -> Mapping[Any, Any]:
        """Head → (index parameters, body) for every defining step; what the evaluators unfold."""
        from derivations.core.definitions import definitions_of

        return definitions_of(self.steps)

    def verify(self, *, samples: int = 400, seed: int = 0, progress: Callable[[str], None] | None = None) -> Report:
        """Check every step on random instances and the conclusion on sampled data."""
        from derivations.core.verification import verify

        return verify(self, samples=samples, seed=seed, progress=progress)

    def estimator(self) -> RowEstimator:
        """The closed forms as a function of data arrays, whole or in chunks."""
        from derivations.core.compilation import row_estimator

        return row_estimator(self)

    def compile(self) -> Function:
        """The right side of the first concluding identity as a NumPy function of named arrays."""
        from derivations.core.compilation import compile_conclusion

        return compile_conclusion(self)

    def render(self, form: str) -> str:
        """The derivation in one of the forms of `derivations.render.RENDERERS`."""
        from derivations.render import RENDERERS

        return RENDERERS[form](self)

    def to_text(self) -> str:
        """For the terminal, in Unicode."""
        return self.render("text")

    def to_latex(self) -> str:
        """A LaTeX fragment that needs amsmath and amssymb."""
        return self.render("latex")

    def to_markdown(self) -> str:
        """Markdown with $$-displays."""
        return self.render("markdown")

    def to_html(self) -> str:
        """A self-contained page."""
        return self.render("html")

    def to_json(self) -> str:
        """The stored form that `derivations.load` and `derivations replay` read."""
        from derivations.core.store import to_json

        return to_json(self)

    def _repr_latex_(self) -> str:
        return self.render("notebook-latex")

    def _repr_html_(self) -> str:
        return self.render("notebook")
