"""Gradients by other means: automatic differentiation, the complex step, central differences. No symbols here."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
COMPLEX_STEP = 1e-30
CENTRAL_STEP = 1e-5


def automatic(function: Callable[..., Any], arrays: Mapping[str, Array], name: str) -> Array:
    """∂function/∂arrays[name] of a scalar function of named arrays written with `autograd.numpy`, exact to rounding."""
    from autograd import grad

    def of_one(value: Any) -> Any:
        return function(**{**arrays, name: value})

    return np.asarray(grad(of_one)(np.asarray(arrays[name], dtype=float)))


def automatic_by_jax(function: Callable[..., Any], arrays: Mapping[str, Array], name: str) -> Array:
    """As `automatic`, for a function written with `jax.numpy`, in double precision. Needs the extra `jax`."""
    import jax

    with jax.enable_x64(True):
        return np.asarray(jax.grad(lambda value: function(**{**arrays, name: value}))(np.asarray(arrays[name], dtype=float)))


def automatic_hessian_product(function: Callable[..., Any], arrays: Mapping[str, Array], name: str, along: Array) -> Array:
    """The Hessian of a scalar function in arrays[name] applied to a direction."""
    from autograd import grad

    slope = grad(lambda value: function(**{**arrays, name: value}))
    product = grad(lambda value: (slope(value) * along).sum())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Output seems independent of input", category=UserWarning)
        return np.asarray(product(np.asarray(arrays[name], dtype=float)))


def automatic_jacobian(function: Callable[..., Any], arrays: Mapping[str, Array], name: str) -> Array:
    """The Jacobian of an array-valued function, output axes first."""
    from autograd import jacobian

    return np.asarray(jacobian(lambda value: function(**{**arrays, name: value}))(np.asarray(arrays[name], dtype=float)))


def complex_step(function: Callable[..., Any], arrays: Mapping[str, Array], name: str) -> Array:
    """Im f(x + ih)/h for every entry: exact to rounding for functions that are analytic and written without conjugates."""
    base = np.asarray(arrays[name], dtype=complex)
    slope = np.empty(base.shape)
    for place in np.ndindex(*base.shape):
        moved = base.copy()
        moved[place] += 1j * COMPLEX_STEP
        slope[place] = np.imag(function(**{**arrays, name: moved})) / COMPLEX_STEP
    return slope


def central(function: Callable[..., Any], arrays: Mapping[str, Array], name: str) -> Array:
    """(f(x+h) − f(x−h))/2h for every entry; accurate to about 1e-9 for values of size one."""
    base = np.asarray(arrays[name], dtype=float)
    slope = np.empty(base.shape)
    for place in np.ndindex(*base.shape):
        step = np.zeros(base.shape)
        step[place] = CENTRAL_STEP
        above, below = (function(**{**arrays, name: base + sign * step}) for sign in (1, -1))
        slope[place] = (above - below) / (2 * CENTRAL_STEP)
    return slope


def evaluate(
    tree: Any, arrays: Mapping[str, Any], numpy: Any = np, functions: Mapping[str, Callable[[Any], Any]] | None = None
) -> Any:
    """The value of a tree with fields operation, operands, data and shape, by plain recursion in a NumPy-like module.

    Vectors are columns (n, 1) and rows (1, n) inside, so that every product is a matrix product.
    """
    return _shaped(_value(tree, arrays, numpy, functions or {}), tree.shape)


def _shaped(value: Any, shape: tuple[Any, ...]) -> Any:
    if not shape:
        return value.reshape(()) if hasattr(value, "reshape") else value
    return value.reshape(-1) if len(shape) == 1 or shape[0] == 1 else value


def _value(tree: Any, arrays: Mapping[str, Any], np_: Any, functions: Mapping[str, Callable[[Any], Any]]) -> Any:
    if tree.operation == "variable":
        array = arrays[tree.data]
        return array.reshape(-1, 1) if len(tree.shape) == 1 else array
    if tree.operation == "number":
        sizes = {s: arrays[str(s)] for s in tree.data.free_symbols}
        return float(tree.data.subs(sizes))
    if tree.operation == "ones":
        return np_.ones([arrays[str(s)] for s in tree.shape] + [1] * (2 - len(tree.shape)))
    if tree.operation == "identity":
        return np_.eye(arrays[str(tree.shape[0])])
    if tree.operation == "power" and tree.data == 2 and tree.operands[0].operation == "norm":  # no root to differentiate at 0
        return np_.sum(_value(tree.operands[0].operands[0], arrays, np_, functions) ** 2)
    values = [_value(operand, arrays, np_, functions) for operand in tree.operands]
    if tree.operation == "apply":
        return (functions.get(tree.data) or _functions(np_)[tree.data])(values[0])
    if tree.operation == "softmax":
        axis = 0 if len(tree.shape) == 1 else 1
        powers = np_.exp(values[0])
        return powers / np_.sum(powers, axis=axis, keepdims=True)
    if tree.operation == "logsumexp":
        axis = 0 if len(tree.operands[0].shape) == 1 else 1
        return np_.log(np_.sum(np_.exp(values[0]), axis=axis, keepdims=True))
    if tree.operation == "power":
        return values[0] ** float(tree.data)
    return _operations(np_)[tree.operation](*values)


def _folded(step: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def run(first: Any, *rest: Any) -> Any:
        for value in rest:
            first = step(first, value)
        return first

    return run


def _operations(np_: Any) -> dict[str, Callable[..., Any]]:
    return {
        "add": _folded(lambda a, b: a + b),
        "hadamard": _folded(lambda a, b: a * b),
        "scale": lambda a, b: a * b,
        "product": _folded(lambda a, b: np_.dot(a, b)),
        "transpose": lambda a: a.T if hasattr(a, "T") else a,
        "trace": lambda a: np_.sum(a * np_.eye(a.shape[0])),
        "inverse": np_.linalg.inv,
        "logdet": lambda a: np_.linalg.slogdet(a)[1],
        "det": np_.linalg.det,
        "diag": lambda a: a * np_.eye(a.shape[0]),
        "diagonal": lambda a: np_.sum(a * np_.eye(a.shape[0]), axis=1, keepdims=True),
        "sum": np_.sum,
        "norm": lambda a: np_.sqrt(np_.sum(a**2)),
        "norm1": lambda a: np_.sum(np_.abs(a)),
        "kron": np_.kron,
        "vec": lambda a: a.T.reshape(-1, 1),
    }


def _functions(np_: Any) -> dict[str, Callable[[Any], Any]]:
    return {
        "exp": np_.exp, "log": np_.log, "sqrt": np_.sqrt, "sin": np_.sin, "cos": np_.cos, "tanh": np_.tanh, "abs": np_.abs,
        "sigmoid": lambda u: 1 / (1 + np_.exp(-u)), "softplus": lambda u: np_.log(1 + np_.exp(u)),
        "relu": lambda u: np_.maximum(u, 0), "silu": lambda u: u / (1 + np_.exp(-u)),
        "gelu": lambda u: u * 0.5 * (1 + _erf(u)),
    }  # fmt: skip


def _erf(u: Any) -> Any:
    from autograd.scipy.special import erf

    return erf(u / 2**0.5)
