"""Expressions in primitive letters: definitions unfolded, derivatives of what is known explicit, the rest opaque atoms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy import Basic, Derivative, Expr, Indexed, IndexedBase, Integer, KroneckerDelta, Pow, Rational, Subs, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from derivations.check.judging.worlds.names import Body, arguments_of, letter_of, named_in, put_in, unprimed
from derivations.check.reader.declared import function_head
from derivations.core.binding import free_symbols, fresh, substitute, unnest
from derivations.core.calculus import differentiate

if TYPE_CHECKING:
    from derivations.check.judging.worlds.world import World

_DERIVATIVES = frozenset(("derivative", "gradient"))
MAX_DEPTH = 60


@dataclass
class Expansion:
    """One way through the definitions of a world: some names may be hidden."""

    world: World
    heads: Mapping[object, Body]

    def of(self, expression: Basic, depth: int) -> Expr:
        """The expression in primitive letters. Raises: RecursionError, ValueError."""
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
            body = Expansion(self.world, hidden).of(body, depth + 1)
        return self.of(substitute(body, put_in(parameters, arguments)), depth + 1)

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
        if isinstance(argument, Symbol) and named_in(self.heads, argument) is None:
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
        value = Expansion(self.world, heads).of(operand, depth + 1)
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
        inner = Expansion(self.world, hidden) if len(hidden) < len(self.heads) else self
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
