"""Derivations as JSON: declarations, premises, rules and statements. Steps are stored, verdicts are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sympy import Basic, Expr, Indexed, Symbol

from derivations.core.derivation import Argument, Conclusion, Derivation, Kind, Step
from derivations.core.encoding import Decoder, Malformed, encode
from derivations.core.statements import (
    BoundaryMinimum,
    Bounded,
    Equation,
    Implication,
    InRange,
    Minimum,
    NonZero,
    NoStationaryPoint,
    Positive,
    Statement,
    Unsolved,
)  # fmt: skip
from derivations.core.symbols import Declaration, Declarations
from numeric.domains import Domain
from numeric.instances import Draw

SCHEMA = "derivations/derivation/1"
MAX_BYTES = 20_000_000
MAX_LEMMA_DEPTH = 8


def to_json(derivation: Derivation) -> str:
    """The stored form, with the lemmas it cites inside. Conditions and evidence are not stored: replay finds them."""
    return json.dumps(_derivation(derivation), indent=1, ensure_ascii=False) + "\n"


def load(text: str) -> Derivation:
    """Read a stored derivation. It is not checked: `derivations.replay` does that.

    Raises: Malformed, saying where in the file.
    """
    if len(text) > MAX_BYTES:
        raise Malformed("file", f"{len(text)} characters", f"at most {MAX_BYTES}")
    try:
        tree = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Malformed("file", str(error), "JSON as `derivations derive --format json` writes it") from error
    return _read_derivation(tree, "derivation", 0)


# ---------------------------------------------------------------------- writing


def _derivation(derivation: Derivation) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "name": derivation.name,
        "title": derivation.title,
        "summary": derivation.summary,
        "declarations": [_declaration(entry) for entry in derivation.declarations],
        "model": [
            {"target": encode(d.target), "distribution": d.distribution, "parameters": [encode(q) for q in d.parameters]}
            for d in derivation.model
        ],
        "steps": [_step(step) for step in derivation.steps],
        "conclusion": {
            "kind": str(derivation.conclusion.kind),
            "steps": [n + 1 for n in derivation.conclusion.steps],
            "sentence": derivation.conclusion.sentence,
        },
        "lemmas": [_derivation(lemma) for lemma in derivation.lemmas],
    }


def _declaration(entry: Declaration) -> dict[str, Any]:
    stored: dict[str, Any] = {"name": entry.name, "domain": entry.domain.kind, "latex": entry.latex, "meaning": entry.meaning}
    if entry.domain.upper is not None:
        stored["upper"] = encode(entry.domain.upper)
    if entry.domain.lower != 1:
        stored["lower"] = entry.domain.lower
    if entry.axes:
        stored["axes"] = [encode(axis) for axis in entry.axes]
    if entry.starts:
        stored["starts"] = list(entry.starts)
    if entry.power != 1:
        stored["power"] = entry.power
    if entry.outcome:
        stored |= {"outcome": list(entry.outcome), "given": list(entry.given)}
    return stored


def _step(step: Step) -> dict[str, Any]:
    stored: dict[str, Any] = {"statement": _statement(step.statement), "rule": step.rule}
    if step.premises:
        stored["premises"] = [n + 1 for n in step.premises]
    if step.arguments:
        stored["arguments"] = {name: _argument(value) for name, value in step.arguments}
    for name in ("heading", "note"):
        if getattr(step, name):
            stored[name] = getattr(step, name)
    return stored


def _argument(value: Argument) -> Any:
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, tuple):
        if all(isinstance(part, str) for part in value):
            return {"names": list(value)}
        return {"expressions": [encode(part) for part in value]}
    return {"expression": encode(value)}


def _statement(statement: Statement) -> dict[str, Any]:
    if isinstance(statement, Equation):
        stored: dict[str, Any] = {"equation": [encode(statement.left), encode(statement.right)]}
        return stored | ({"unknown": [encode(u) for u in statement.unknown]} if statement.unknown else {})
    if isinstance(statement, Minimum):
        stored = {
            "minimum": encode(statement.objective),
            "unknown": [encode(u) for u in statement.unknown],
            "value": [encode(v) for v in statement.value],
        }
        return stored | ({} if statement.constraint is None else {"constraint": encode(statement.constraint)})
    if isinstance(statement, BoundaryMinimum):
        return {
            "boundary-minimum": encode(statement.objective),
            "unknown": [encode(u) for u in statement.unknown],
            "value": [encode(v) for v in statement.value],
            "region": [encode(r) for r in statement.region],
        }
    if isinstance(statement, Unsolved):
        return {
            "unsolved": encode(statement.objective),
            "unknown": [encode(u) for u in statement.unknown],
            "left": [encode(part) for part in statement.left],
            "eliminated": [encode(u) for u in statement.eliminated],
            "value": [encode(v) for v in statement.values],
        }
    if isinstance(statement, NoStationaryPoint):
        return {
            "no-stationary-point": encode(statement.objective),
            "unknown": encode(statement.unknown),
            "sign": statement.sign,
        }
    if isinstance(statement, Implication):
        hypotheses = [[encode(h.left), encode(h.right)] for h in statement.hypotheses]
        conclusion = statement.conclusion
        return {"implication": hypotheses, "conclusion": [encode(conclusion.left), encode(conclusion.right)]}
    if isinstance(statement, Bounded):
        return {"bounded": [encode(statement.expression), encode(statement.bound)]}
    if isinstance(statement, InRange):
        return {"in-range": [encode(statement.index), encode(statement.lower), encode(statement.upper)]}
    return {"positive" if isinstance(statement, Positive) else "nonzero": encode(statement.expression)}


# ---------------------------------------------------------------------- reading


def _get(tree: Any, key: str, kind: type, where: str, default: Any = None) -> Any:
    if not isinstance(tree, Mapping):
        raise Malformed(where, tree, "an object")
    value = tree.get(key, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Malformed(f"{where}.{key}", value, f"a {kind.__name__}")
    return value


def _read_derivation(tree: Any, where: str, depth: int) -> Derivation:
    if depth > MAX_LEMMA_DEPTH:
        raise Malformed(where, "lemmas", f"at most {MAX_LEMMA_DEPTH} levels of lemmas")
    schema = _get(tree, "schema", str, where, "")
    if schema != SCHEMA:
        raise Malformed(f"{where}.schema", schema, SCHEMA)
    declarations = _read_declarations(_get(tree, "declarations", list, where), f"{where}.declarations")
    decoder = Decoder(declarations)
    steps = tuple(
        _read_step(step, decoder, f"{where}.steps[{n}]", n - 1)
        for n, step in enumerate(_get(tree, "steps", list, where), start=1)
    )
    stored = _get(tree, "conclusion", dict, where)
    positions = _positions(stored, "steps", f"{where}.conclusion", len(steps))
    kind = _get(stored, "kind", str, f"{where}.conclusion")
    if kind not in tuple(map(str, Kind)):
        raise Malformed(f"{where}.conclusion.kind", kind, ", ".join(map(str, Kind)))
    return Derivation(
        _get(tree, "name", str, where),
        _get(tree, "title", str, where),
        _get(tree, "summary", str, where),
        declarations,
        steps,
        Conclusion(Kind(kind), positions, _get(stored, "sentence", str, f"{where}.conclusion")),
        tuple(_read_draw(d, decoder, f"{where}.model[{n}]") for n, d in enumerate(_get(tree, "model", list, where, []))),
        tuple(
            _read_derivation(lemma, f"{where}.lemmas[{n}]", depth + 1)
            for n, lemma in enumerate(_get(tree, "lemmas", list, where, []))
        ),
    )


def _read_declarations(trees: list[Any], where: str) -> Declarations:
    found = Declarations()
    for n, tree in enumerate(trees):
        here = f"{where}[{n}]"
        decoder = Decoder(found)
        upper = decoder.decode(tree["upper"], here) if isinstance(tree, Mapping) and "upper" in tree else None
        try:
            entry = Declaration(
                _get(tree, "name", str, here),
                Domain(_get(tree, "domain", str, here), upper, _get(tree, "lower", int, here, 1)),
                tuple(decoder.decode(axis, here) for axis in _get(tree, "axes", list, here, [])),
                _get(tree, "latex", str, here, ""),
                _get(tree, "meaning", str, here, ""),
                _get(tree, "power", int, here, 1),
                tuple(map(str, _get(tree, "outcome", list, here, []))),
                tuple(map(str, _get(tree, "given", list, here, []))),
                _integers(tree, "starts", here),
            )
            found = Declarations((*found, entry))
        except ValueError as error:
            if isinstance(error, Malformed):
                raise
            raise Malformed(here, tree, f"a declaration ({error})") from error
    return found


def _integers(tree: Any, key: str, where: str) -> tuple[int, ...]:
    found = _get(tree, key, list, where, [])
    if not all(type(number) is int for number in found):
        raise Malformed(f"{where}.{key}", found, "integers")
    return tuple(found)


def _read_step(tree: Any, decoder: Decoder, where: str, count: int) -> Step:
    arguments = _get(tree, "arguments", dict, where, {})
    return Step(
        statement=_read_statement(_get(tree, "statement", dict, where), decoder, f"{where}.statement"),
        rule=_get(tree, "rule", str, where),
        premises=_positions(tree, "premises", where, count),
        arguments=tuple(
            sorted((name, _read_argument(v, decoder, f"{where}.arguments.{name}")) for name, v in arguments.items())
        ),
        heading=_get(tree, "heading", str, where, ""),
        note=_get(tree, "note", str, where, ""),
    )


def _positions(tree: Any, key: str, where: str, count: int) -> tuple[int, ...]:
    numbers = _get(tree, key, list, where, [])
    for number in numbers:
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= count:
            raise Malformed(f"{where}.{key}", number, f"the number of an earlier step, 1 to {count}")
    return tuple(number - 1 for number in numbers)


def _read_argument(tree: Any, decoder: Decoder, where: str) -> Argument:
    if isinstance(tree, (str, int)) and not isinstance(tree, bool):
        return tree
    if isinstance(tree, Mapping) and set(tree) == {"names"} and isinstance(tree["names"], list):
        return tuple(map(str, tree["names"]))
    if isinstance(tree, Mapping) and set(tree) == {"expressions"} and isinstance(tree["expressions"], list):
        return tuple(_expression(part, decoder, where) for part in tree["expressions"])
    if isinstance(tree, Mapping) and set(tree) == {"expression"}:
        return _expression(tree["expression"], decoder, where)
    raise Malformed(where, tree, "a text, a number, names, an expression or expressions")


def _expression(tree: Any, decoder: Decoder, where: str) -> Expr:
    found: Basic = decoder.decode(tree, where)
    if not isinstance(found, Expr):
        raise Malformed(where, tree, "an expression")
    return found


def _unknowns(trees: Any, decoder: Decoder, where: str) -> tuple[Expr, ...]:
    if not isinstance(trees, list):
        raise Malformed(where, trees, "a list of unknowns")
    found = tuple(_expression(tree, decoder, where) for tree in trees)
    if not all(isinstance(u, (Symbol, Indexed)) for u in found):
        raise Malformed(where, trees, "symbols or entries")
    return found


def _read_statement(tree: dict[str, Any], decoder: Decoder, where: str) -> Statement:
    if "equation" in tree:
        sides = _get(tree, "equation", list, where)
        if len(sides) != 2:
            raise Malformed(where, sides, "two sides")
        left, right = (_expression(side, decoder, where) for side in sides)
        return Equation(left, right, _unknowns(tree.get("unknown", []), decoder, where))
    if "minimum" in tree:
        values = tuple(_expression(v, decoder, where) for v in _get(tree, "value", list, where))
        unknowns = _unknowns(tree.get("unknown"), decoder, where)
        if len(values) != len(unknowns):
            raise Malformed(where, tree, "as many values as unknowns")
        constraint = _expression(tree["constraint"], decoder, where) if "constraint" in tree else None
        return Minimum(_expression(tree["minimum"], decoder, where), unknowns, values, constraint)
    if "boundary-minimum" in tree:
        unknowns, values = _pairs(tree, "unknown", "value", decoder, where)
        return BoundaryMinimum(
            _expression(tree["boundary-minimum"], decoder, where), unknowns, values, _parts(tree, "region", decoder, where)
        )
    if "unsolved" in tree:
        unknowns, left = _pairs(tree, "unknown", "left", decoder, where)
        eliminated, values = _pairs(tree, "eliminated", "value", decoder, where)
        return Unsolved(_expression(tree["unsolved"], decoder, where), unknowns, left, eliminated, values)
    if "no-stationary-point" in tree:
        (unknown,) = _unknowns([tree.get("unknown")], decoder, where)
        objective = _expression(tree["no-stationary-point"], decoder, where)
        return NoStationaryPoint(objective, unknown, _get(tree, "sign", int, where))
    if "implication" in tree:
        hypotheses = tuple(_identity(h, decoder, where) for h in _get(tree, "implication", list, where))
        return Implication(hypotheses, _identity(tree.get("conclusion"), decoder, where))
    if "bounded" in tree and isinstance(tree["bounded"], list) and len(tree["bounded"]) == 2:
        return Bounded(*(_expression(part, decoder, where) for part in tree["bounded"]))
    if "in-range" in tree and isinstance(tree["in-range"], list) and len(tree["in-range"]) == 3:
        return InRange(*(_expression(part, decoder, where) for part in tree["in-range"]))
    for key, kind in (("positive", Positive), ("nonzero", NonZero)):
        if key in tree:
            return kind(_expression(tree[key], decoder, where))
    raise Malformed(where, tree, "an equation, implication, minimum, no-stationary-point, in-range, positive or nonzero")


def _parts(tree: dict[str, Any], key: str, decoder: Decoder, where: str) -> tuple[Expr, ...]:
    return tuple(_expression(part, decoder, where) for part in _get(tree, key, list, where))


def _pairs(
    tree: dict[str, Any], unknown: str, value: str, decoder: Decoder, where: str
) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    unknowns, values = _unknowns(tree.get(unknown), decoder, where), _parts(tree, value, decoder, where)
    if len(values) != len(unknowns):
        raise Malformed(where, tree, f"as many in {value!r} as in {unknown!r}")
    return unknowns, values


def _identity(sides: Any, decoder: Decoder, where: str) -> Equation:
    if not isinstance(sides, list) or len(sides) != 2:
        raise Malformed(where, sides, "two sides")
    return Equation(*(_expression(side, decoder, where) for side in sides))


def _read_draw(tree: Any, decoder: Decoder, where: str) -> Draw:
    target = decoder.decode(_get(tree, "target", list, where), where)
    if not isinstance(target, Indexed):
        raise Malformed(where, target, "an entry of an array")
    parameters = tuple(decoder.decode(q, where) for q in _get(tree, "parameters", list, where))
    return Draw(target, _get(tree, "distribution", str, where), parameters)
