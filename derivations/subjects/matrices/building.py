"""Matrix expressions built with the obvious simplifications: identities dropped, transposes pushed inwards, factors shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr, Integer, S

from derivations.subjects.matrices.expressions import ONE, Matrix, identity, node, number, ones

MINUS_ONE = number(-1)


def constant_of(matrix: Matrix) -> tuple[Expr, Matrix | None]:
    """A numeric factor and the rest; None for a bare number."""
    if matrix.operation == "number":
        return matrix.data, None
    if matrix.operation == "scale":
        value, rest = constant_of(matrix.operands[0])
        inner, body = constant_of(matrix.operands[1])
        if body is None:
            return value * inner, rest
        return value * inner, body if rest is None else node("scale", rest, body)
    return S.One, matrix


def scaled(factor: Expr | int, matrix: Matrix) -> Matrix:
    """A number times a matrix, merged with the number it has."""
    value, rest = constant_of(matrix)
    value = value * factor
    if rest is None:
        return number(value)
    if value == 0:
        return zero(matrix.shape)
    return rest if value == 1 else node("scale", number(value), rest)


def zero(shape: Sequence[object]) -> Matrix:
    """Zero of a shape."""
    return number(0) if not shape else Matrix("scale", (number(0), ones(*shape)), None, tuple(shape))


def is_zero(matrix: Matrix) -> bool:
    """Whether it is written as zero."""
    return bool(constant_of(matrix)[0] == 0)


def scalar_times(scalars: Iterable[Matrix], matrix: Matrix) -> Matrix:
    """Scalars times a matrix, numbers first."""
    value: Expr = S.One
    parts: list[Matrix] = []
    for scalar in scalars:
        inner, rest = constant_of(scalar)
        value = value * inner
        if rest is not None:
            parts.append(rest)
    for part in sorted(parts, key=lambda p: p.operation == "power" and p.data.is_negative):
        matrix = part if matrix == number(1) else node("scale", part, matrix)
    return scaled(value, matrix)


def product(*factors: Matrix) -> Matrix:
    """A matrix product, flat, identities dropped and numbers in front."""
    scalars, flat = _taken_apart(factors, "product")
    kept = [f for f in flat if f.operation != "identity"]
    if not kept:
        return scalar_times(scalars, flat[0])
    joined: list[Matrix] = []
    for factor in kept:
        if joined and joined[-1].operation == "diag" and factor.operation == "diag":
            joined[-1] = node("diag", hadamard(joined[-1].operands[0], factor.operands[0]))
        else:
            joined.append(factor)
    return scalar_times(scalars, joined[0] if len(joined) == 1 else node("product", *joined))


def _taken_apart(factors: Iterable[Matrix], operation: str) -> tuple[list[Matrix], list[Matrix]]:
    """The scalars in front of factors, and the factors themselves with those of the same operation opened."""
    scalars: list[Matrix] = []
    flat: list[Matrix] = []
    for factor in factors:
        while factor.operation == "scale":
            scalars.append(factor.operands[0])
            factor = factor.operands[1]
        flat += factor.operands if factor.operation == operation else (factor,)
    return scalars, flat


def transposed(matrix: Matrix) -> Matrix:
    """The transpose, pushed inwards as far as it goes."""
    if not matrix.shape or matrix.operation in ("identity", "diag"):
        return matrix
    if matrix.operation == "transpose":
        return matrix.operands[0]
    if matrix.operation == "product":
        return product(*(transposed(factor) for factor in reversed(matrix.operands)))
    if matrix.operation == "scale":
        return node("scale", matrix.operands[0], transposed(matrix.operands[1]))
    if matrix.operation in ("add", "hadamard") and len(matrix.shape) == 2:
        return node(matrix.operation, *map(transposed, matrix.operands))
    if matrix.operation == "ones" and len(matrix.shape) == 2:
        return ones(*reversed(matrix.shape))
    return node("transpose", matrix)


def hadamard(*factors: Matrix) -> Matrix:
    """An elementwise product, ones dropped and numbers in front."""
    scalars, flat = _taken_apart(factors, "hadamard")
    kept = [f for f in flat if f.operation != "ones"]
    if not kept:
        return scalar_times(scalars, flat[0])
    if any(f.operation in ("identity", "diag") for f in kept):
        return scalar_times(scalars, _on_the_diagonal(kept))
    powers: dict[Matrix, Expr] = {}
    for factor in kept:
        body, exponent = (factor.operands[0], factor.data) if factor.operation == "power" else (factor, ONE)
        powers[body] = powers.get(body, S.Zero) + exponent
    parts = [raised(body, exponent) for body, exponent in powers.items() if exponent != 0]
    if not parts:
        return scalar_times(scalars, ones(*kept[0].shape))
    return scalar_times(scalars, parts[0] if len(parts) == 1 else node("hadamard", *parts))


def _on_the_diagonal(factors: Sequence[Matrix]) -> Matrix:
    """I ⊙ A ⊙ … keeps diagonals only."""
    vectors = []
    for factor in factors:
        if factor.operation == "diag":
            vectors.append(factor.operands[0])
        elif factor.operation != "identity":
            vectors.append(node("diagonal", factor))
    return node("diag", hadamard(*vectors)) if vectors else factors[0]


def raised(matrix: Matrix, exponent: Expr | int) -> Matrix:
    """An elementwise power."""
    if exponent == 1:
        return matrix
    if matrix.operation == "number":
        return number(matrix.data**exponent)
    if matrix.operation == "power":
        return (
            raised(matrix.operands[0], matrix.data * exponent)
            if not matrix.data.is_even
            else node("power", matrix, data=Integer(exponent) if isinstance(exponent, int) else exponent)
        )
    return node("power", matrix, data=Integer(exponent) if isinstance(exponent, int) else exponent)


def total(matrix: Matrix) -> Matrix:
    """The sum of all entries: a product of two vectors becomes their inner product, a matrix product its quadratic form."""
    value, rest = constant_of(matrix)
    if rest is None:
        return matrix
    if rest.operation == "transpose":
        return scaled(value, total(rest.operands[0]))
    if rest.operation == "scale":
        return scaled(value, scalar_times([rest.operands[0]], total(rest.operands[1])))
    if rest.operation == "add" and any(_is_constant_vector(part) for part in rest.operands):
        return scaled(value, plus([total(part) for part in rest.operands]))
    if rest.operation == "ones" and len(rest.shape) == 1:
        return number(value * rest.shape[0])
    if rest.operation == "hadamard" and len(rest.shape) == 1:
        return scaled(value, inner(rest.operands[0], hadamard(*rest.operands[1:])))
    if rest.operation == "hadamard" and len(rest.shape) == 2 and rest.shape[0] != 1:
        first, *others = rest.operands
        return scaled(value, node("trace", product(transposed(first), hadamard(*others))))
    if rest.operation == "power" and rest.data == 2:
        return scaled(value, raised(node("norm", rest.operands[0]), 2))
    return scaled(value, node("sum", rest) if rest.shape else rest)


def _is_constant_vector(matrix: Matrix) -> bool:
    """Whether all entries are the same scalar."""
    while matrix.operation == "scale":
        matrix = matrix.operands[1]
    return matrix.operation == "ones" and len(matrix.shape) == 1


def inner(left: Matrix, right: Matrix) -> Matrix:
    """vᵀw; ‖v‖² for v = w."""
    if left == right:
        return raised(node("norm", left), 2)
    if left.operation == "ones":
        return total(right)
    if right.operation == "ones":
        return total(left)
    return product(transposed(left), right)


def plus(terms: Sequence[Matrix]) -> Matrix:
    """A sum with equal terms added up and a factor that all share taken out."""
    counts: dict[Matrix, Expr] = {}
    constant: Expr = S.Zero
    for term in terms:
        for part in term.operands if term.operation == "add" else (term,):
            value, rest = constant_of(part)
            if rest is None:
                constant += value
            else:
                counts[rest] = counts.get(rest, S.Zero) + value
    parts = [scaled(value, rest) for rest, value in counts.items() if value != 0]
    if constant != 0:
        parts.append(number(constant))
    if not parts:
        return zero(terms[0].shape)
    parts.sort(key=_place)
    return _shared(parts) if len(parts) > 1 else parts[0]


_RANKS = {"variable": 1, "transpose": 2, "ones": 3, "number": 3}


def _place(part: Matrix) -> tuple[bool, int]:
    """Terms with a minus go last; before that, products come first and constants at the end."""
    value, rest = constant_of(part)
    return value.could_extract_minus_sign(), _RANKS.get("number" if rest is None else rest.operation, 0)


def _shared(parts: list[Matrix]) -> Matrix:
    """A B + C B = (A + C) B, likewise on the left; scalars in front stay."""
    split = [constant_of(part) for part in parts]
    sizes = {abs(value) if value.is_Rational else value for value, _ in split}
    common = sizes.pop() if len(sizes) == 1 else S.One
    if all(value.could_extract_minus_sign() for value, _ in split):
        common = -common if common.is_Rational else common
    bodies = [scaled(value / common, rest if rest is not None else number(1)) for value, rest in split]
    chains = []
    for body in bodies:
        value, rest = constant_of(body)
        if rest is None:
            break
        chains.append((value, rest.operands if rest.operation == "product" else (rest,)))
    if len(chains) == len(bodies) and any(len(c) > 1 for _, c in chains):
        for side in (-1, 0):
            ends = {chain[side] for _, chain in chains}
            if len(ends) == 1:
                (shared,) = ends
                rests = [chain[:-1] if side else chain[1:] for _, chain in chains]
                if not all(rests) and (len(shared.shape) != 2 and any(rests)):
                    square = next(r for r in rests if r)[0].shape[0]
                    units = identity(square)
                elif not all(rests):
                    units = identity(shared.shape[0] if side else shared.shape[-1])
                else:
                    units = None
                pieces = [scaled(v, product(*r) if r else units) for (v, _), r in zip(chains, rests, strict=True)]  # type: ignore[arg-type]
                if len({p.shape for p in pieces}) == 1 and pieces[0].shape:
                    whole = plus(pieces)
                    if is_zero(whole):
                        return zero(parts[0].shape)
                    return scaled(common, product(whole, shared) if side else product(shared, whole))
    return scaled(common, node("add", *bodies))
