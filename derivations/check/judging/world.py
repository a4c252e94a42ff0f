"""A world: what is defined and what has been found so far, in truth or as a student with an earlier error sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Basic, Derivative, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Pow, Rational, Subs, Symbol, sqrt
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from derivations.check.judging.matrix_world import MatrixWorld
from derivations.check.judging.opaque import Opaque
from derivations.check.reader.declared import function_head
from derivations.core.binding import free_symbols, fresh, substitute, unnest
from derivations.core.calculus import differentiate

Body = tuple[tuple[Expr, ...], Expr]
"""The parameters of a definition (letters, or the square of a letter as in L(μ, σ²)) and what it says."""
_DERIVATIVES = frozenset(("derivative", "gradient"))
_SEPARATED = frozenset(("given", "parameters"))
MAX_DEPTH = 60


@dataclass
class World:
    """Definitions by name of function, by array or by letter; derivatives taken for granted; values found for unknowns."""

    opaque: Opaque
    definitions: dict[object, Body] = field(default_factory=dict)
    overrides: dict[Expr, Expr] = field(default_factory=dict)
    solved: dict[object, Body] = field(default_factory=dict)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    blame: int | None = None
    conventional: set[object] = field(default_factory=set)
    matrices: MatrixWorld = field(default_factory=MatrixWorld)
    _known: dict[tuple[Expr, bool], Expr] = field(default_factory=dict, repr=False)

    def leave(self, kept: dict[object, Body]) -> None:
        """Forget everything but some definitions."""
        self.definitions = kept
        self.overrides.clear()
        self.solved.clear()
        self.hypotheses.clear()
        self._known.clear()

    def names(self, expression: Basic) -> bool:
        """Whether a definition gives the expression a value: L after L(θ) = …, ℓ(θ) after ℓ = …, f'(x) after f(x) = …."""
        primed = unprimed(expression)
        return named_in(self.definitions, primed[0] if primed is not None else expression) is not None

    def copy(self, blame: int) -> World:
        """The same world from here on, for what follows from an error."""
        return World(
            self.opaque, dict(self.definitions), dict(self.overrides), dict(self.solved), list(self.hypotheses), blame,
            self.conventional, self.matrices,
        )  # fmt: skip

    def define(self, key: object, parameters: tuple[Expr, ...], body: Expr) -> None:
        """Give a name a meaning; an earlier one is replaced."""
        self.conventional.discard(key)
        self.definitions[key] = (parameters, body)
        self._known.clear()

    def solve(self, key: object, parameters: tuple[Expr, ...], value: Expr) -> None:
        """Remember the value found for an unknown."""
        self.solved[key] = (parameters, value)
        self._known.clear()

    def override(self, derivative: Expr, value: Expr) -> None:
        """Take a derivative for granted."""
        self.overrides[derivative] = value
        self._known.clear()

    def suppose(self, hypothesis: Hypothesis) -> None:
        """Remember an equation."""
        self.hypotheses.append(hypothesis)
        del self.hypotheses[:-12]

    def expand(self, expression: Expr, *, solved: bool = False) -> Expr:
        """The expression in primitive letters: definitions unfolded, derivatives of what is known explicit, the
        rest opaque atoms.

        solved: unknowns with a value found are replaced by it too.
        """
        key = (expression, solved)
        if key not in self._known:
            heads = {**self.definitions, **self.solved} if solved else self.definitions
            self._known[key] = _Expansion(self, heads).of(expression, 0)
        return self._known[key]


@dataclass(frozen=True)
class Hypothesis:
    """An equation that holds from a line on: residual = 0, in primitive letters; for `unknown` when it was set to zero for it."""

    residual: Expr
    line: int
    unknown: Expr | None = None
    premise: bool = False
    is_goal: bool = False


def key_of(left: Basic) -> Any:
    """What a left side names: a letter, an array, the name of a function (p| for p given something); None for anything else."""
    if isinstance(left, Symbol):
        return left
    if isinstance(left, Indexed):
        return left.base
    if isinstance(left, AppliedUndef):
        is_given = any(isinstance(a, AppliedUndef) and a.func.__name__ == "given" for a in left.args)
        return left.func.__name__ + "|" * is_given
    return None


def parameters_of(left: Basic, body: Expr) -> tuple[Expr, ...] | None:
    """The letters that a definition with this left side leaves open; None when it defines nothing in general."""
    if isinstance(left, Symbol):
        return ()
    if isinstance(left, Indexed):
        symbols = tuple(a for a in left.indices if isinstance(a, Symbol))
        return symbols if len(set(symbols)) == len(left.indices) else None
    arguments = arguments_of(left)
    parameters = tuple(a for a in arguments if isinstance(letter_of(a), Symbol))
    letters = [letter_of(parameter) for parameter in parameters]
    if not free_symbols(body).intersection(letters):
        return ()
    return parameters if len(parameters) == len(arguments) and len(set(letters)) == len(letters) else None


def arguments_of(applied: Basic) -> tuple[Basic, ...]:
    """The arguments of a function, those behind its bar or semicolon included: x and λ of f(x; λ)."""
    found: list[Basic] = []
    for argument in applied.args:
        is_given = isinstance(argument, AppliedUndef) and argument.func.__name__ in _SEPARATED
        found += arguments_of(argument) if is_given else [argument]
    return tuple(found)


def letter_of(parameter: Basic) -> Basic:
    """The letter of a parameter: σ of σ²."""
    return parameter.base if isinstance(parameter, Pow) and parameter.exp == 2 else parameter


def _put_in(parameters: tuple[Expr, ...], arguments: list[Expr]) -> dict[Basic, Expr]:
    """What the letters of a definition stand for when it is applied."""
    pairs = zip(parameters, arguments, strict=True)
    return {letter_of(p): a if isinstance(p, Symbol) else letter_of(a) if isinstance(a, Pow) else sqrt(a) for p, a in pairs}


def named_in(heads: Mapping[object, Body], expression: Basic) -> Any:
    """The definition of a name, however it is written: L after L(θ) = …, or ℓ(θ) after ℓ = …; None when there is none."""
    key = key_of(expression)
    if key in heads:
        return key
    if isinstance(expression, Symbol) and expression.name in heads:
        letters = {symbol.name for symbol in free_symbols(heads[expression.name][1])}
        return None if expression.is_integer or expression.name in letters else expression.name
    if isinstance(expression, AppliedUndef) and all(isinstance(argument, (Symbol, Indexed)) for argument in expression.args):
        for name in heads:
            if isinstance(name, Symbol) and name.name == key and free_symbols(heads[name][1]) & expression.free_symbols:
                return name
    return None


def unprimed(expression: Basic) -> tuple[AppliedUndef, int] | None:
    """f(x) and 1 for f'(x), f(x) and 2 for f''(x); None for what has no prime or several arguments."""
    if not isinstance(expression, AppliedUndef) or len(expression.args) != 1:
        return None
    root, _, mark = expression.func.__name__.rpartition("_")
    if not root or not mark or mark.replace("prime", ""):
        return None
    return function_head(root)(*expression.args), mark.count("prime")


@dataclass
class _Expansion:
    world: World
    heads: Mapping[object, Body]

    def of(self, expression: Basic, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise RecursionError("definitions that refer to themselves")
        if isinstance(expression, (Derivative, Subs)):
            if isinstance(expression, Subs):
                return expression
            variables = [v for v, count in expression.variable_count for _ in range(int(count))]
            explicit = self._by_intermediate(expression.expr, variables, depth)
            if explicit is not None:
                return explicit
            return self._derivative(expression, self.of(expression.expr, depth + 1), variables, depth)
        named = self._named(expression, depth)
        if named is not None:
            return named
        if isinstance(expression, AppliedUndef):
            return self._applied(expression, depth)
        if isinstance(expression, (Symbol, IndexedBase)) or not expression.args:
            return expression
        if isinstance(expression, ExprWithLimits):
            return self._bound(expression, depth)
        if isinstance(expression, Indexed):
            return expression.base[tuple(self.of(index, depth + 1) for index in expression.indices)]
        if isinstance(expression, KroneckerDelta) and Integer(0) in expression.args[:2]:
            return (
                self.of(_delta(expression), depth + 1) if _delta(expression) != expression else self._rebuilt(expression, depth)
            )
        return self._rebuilt(expression, depth)

    def _rebuilt(self, expression: Basic, depth: int) -> Expr:
        arguments = [self.of(argument, depth + 1) for argument in expression.args]
        return expression if tuple(arguments) == expression.args else expression.func(*arguments)

    def _named(self, expression: Basic, depth: int) -> Expr | None:
        key = named_in(self.heads, expression)
        if key is None:
            return self._primed(expression, depth) if isinstance(expression, AppliedUndef) else None
        parameters, body = self.heads[key]
        if isinstance(expression, (Symbol, AppliedUndef)) and isinstance(expression, Symbol) is isinstance(key, str):
            return self.of(body, depth + 1)
        if isinstance(expression, Symbol):
            return self.of(body, depth + 1)
        given = expression.indices if isinstance(expression, Indexed) else arguments_of(expression)
        if not parameters:
            return None if isinstance(expression, Indexed) else self.of(body, depth + 1)
        if len(parameters) != len(given):
            bare = isinstance(expression, AppliedUndef) and all(isinstance(a, (Symbol, IndexedBase)) for a in given)
            return self.of(body, depth + 1) if bare else None
        if tuple(map(letter_of, given)) == tuple(map(letter_of, parameters)):
            return self.of(body, depth + 1)
        arguments = [self.of(argument, depth + 1) for argument in given]
        if isinstance(expression, AppliedUndef) and not free_symbols(body).issuperset(map(letter_of, parameters)):
            hidden = {name: meaning for name, meaning in self.heads.items() if name not in set(map(letter_of, parameters))}
            body = _Expansion(self.world, hidden).of(body, depth + 1)
        return self.of(substitute(body, _put_in(parameters, arguments)), depth + 1)

    def _primed(self, expression: AppliedUndef, depth: int) -> Expr | None:
        """f'(x) of a function defined before: its derivative, taken at the argument."""
        found = unprimed(expression)
        if found is None:
            return None
        function, order = found
        key = named_in(self.heads, function)
        if key is None:
            return None
        (argument,) = function.args
        if isinstance(argument, Symbol):
            return self._derivative(expression, self.of(function, depth + 1), [argument] * order, depth)
        parameters, formula = self.heads[key]
        if len(parameters) != 1 or not isinstance(parameters[0], Symbol):
            return None
        opened = self.of(formula, depth + 1)
        return Subs(Derivative(opened, (parameters[0], order)), parameters[0], self.of(argument, depth + 1))

    def _applied(self, expression: AppliedUndef, depth: int) -> Expr:
        if expression.func.__name__ in _DERIVATIVES and len(expression.args) >= 2:
            body, *variables = expression.args
            explicit = self._by_intermediate(body, variables, depth)
            if explicit is not None:
                return explicit
            opened = self.of(body, depth + 1)
            if not opened.atoms(AppliedUndef) and not self.world.opaque.holds(opened):
                return self._derivative(expression, opened, list(variables), depth)
        atom = self.world.opaque.atom(expression)
        if atom is None:
            return self._rebuilt(expression, depth)
        return self._named(atom, depth) or atom

    def _derivative(self, original: Basic, body: Expr, variables: list[Expr], depth: int) -> Expr:
        if not all(_depends(body, variable) for variable in variables):
            return self._open(original, body, variables)
        value = body
        for variable in variables:
            value = _differentiated(value, variable)
        if value in self.world.overrides:
            return self.of(self.world.overrides[value], depth + 1)
        return self._without_constants(value, body, variables)

    def _without_constants(self, value: Expr, body: Expr, variables: Sequence[Expr]) -> Expr:
        """The derivative carried out where that leaves values behind that are not given and do not depend on the variable."""
        if not self.world.opaque.holds(body) or any(self.world.opaque.mentions(body, variable) for variable in variables):
            return value
        found = body
        for variable in variables:
            found = _differentiated_now(found, variable)
        return value if self.world.opaque.holds(found) else found

    def _by_intermediate(self, operand: Expr, variables: Sequence[Expr], depth: int) -> Expr | None:
        """∂L/∂a where a has a definition of its own: a is a variable while the derivative is taken, and unfolded behind."""
        keys = [named_in(self.heads, letter_of(variable)) for variable in variables]
        if all(key is None for key in keys):
            return None
        heads = dict(self.heads)
        letters: list[Expr] = []
        for variable, key in zip(variables, keys, strict=True):
            letters.append(variable)
            if isinstance(letter_of(variable), (Symbol, Indexed)):
                heads.pop(key, None)
            elif key is not None:
                letters[-1] = Symbol(f"{key}_varied", real=True)
                heads[key] = (), letters[-1]
        value = _Expansion(self.world, heads).of(operand, depth + 1)
        if value.atoms(AppliedUndef) or self.world.opaque.holds(value) or not all(_depends(value, v) for v in letters):
            return None
        for letter in letters:
            value = _differentiated_now(value, letter)
        return self.of(substitute(value, dict(zip(letters, variables, strict=True))), depth + 1)

    def _open(self, original: Basic, body: Expr, variables: list[Expr]) -> Expr:
        """The derivative of what does not show how it depends on the variable: zero for data alone, else a value not given."""
        if body.is_number:
            return Integer(0)
        operand = original.expr if isinstance(original, Derivative) else original.args[0]
        atom = self.world.opaque.atom(function_head("derivative")(operand, *variables))
        if atom is None:
            raise ValueError(f"a derivative of {operand}, which does not say how it depends on {variables[0]}")
        return atom

    def _bound(self, expression: ExprWithLimits, depth: int) -> Expr:
        body, (variable, low, high) = unnest(expression)
        incoming = frozenset[Symbol]().union(
            *(free_symbols(value) - set(map(letter_of, parameters)) for parameters, value in self.heads.values())
        )
        if variable in incoming:
            renamed = fresh(variable.name, incoming | free_symbols(body), variable)
            body, variable = substitute(body, {variable: renamed}), renamed
        hidden = {key: value for key, value in self.heads.items() if key != variable}
        inner = _Expansion(self.world, hidden) if len(hidden) < len(self.heads) else self
        return expression.func(inner.of(body, depth + 1), (variable, self.of(low, depth + 1), self.of(high, depth + 1)))


def _differentiated(body: Expr, variable: Expr) -> Expr:
    """∂body/∂variable, by way of the square where the variable is the root of a declared square."""
    if isinstance(variable, Pow) and variable.exp == Rational(1, 2) and isinstance(variable.base, (Symbol, Indexed)):
        return 2 * variable * _differentiated(body, variable.base)
    if isinstance(variable, Pow) and variable.exp == 2 and isinstance(variable.base, (Symbol, Indexed)):
        return _differentiated(body, variable.base) / (2 * variable.base)
    if not isinstance(variable, (Symbol, Indexed)):
        raise ValueError(f"a derivative with respect to {variable}")
    return Derivative(body, variable)


def _differentiated_now(body: Expr, variable: Expr) -> Expr:
    """∂body/∂variable carried out, by way of the square where the variable is the root of a declared square."""
    if not isinstance(variable, Pow):
        return differentiate(body, variable)
    if variable.exp == 2:
        return differentiate(body, variable.base) / (2 * variable.base)
    return 2 * variable * differentiate(body, variable.base)


def _depends(body: Expr, variable: Expr) -> bool:
    """Whether the variable occurs: a letter, an entry of an array, or the square or root of one."""
    letter = variable.base if isinstance(variable, Pow) else variable
    return bool(body.has(letter.base if isinstance(letter, Indexed) else letter))


def _delta(expression: KroneckerDelta) -> Expr:
    """δ(y − k) as δ_{y,k}."""
    other = next((argument for argument in expression.args[:2] if argument != 0), None)
    if other is not None and other.is_Add and len(other.args) == 2:
        negative = [term for term in other.args if term.could_extract_minus_sign()]
        if len(negative) == 1:
            positive = next(term for term in other.args if term is not negative[0])
            return KroneckerDelta(positive, -negative[0])
    return expression
