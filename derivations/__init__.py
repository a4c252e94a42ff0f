"""Symbolic derivations for machine learning: solved, certified step by step, verified on sampled data, rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivations.check.checking import check
    from derivations.check.compare import compare
    from derivations.check.reader.errors import ReadingError
    from derivations.check.reader.reading import read
    from derivations.check.recurrences.comparing import equivalent
    from derivations.core.derivation import Derivation
    from derivations.core.store import load
    from derivations.subjects.catalogue import UnknownDerivation, catalogue, derive
    from derivations.subjects.likelihood.derive import mle
    from derivations.subjects.matrices.asking import gradient, hessian, hvp, jacobian
    from derivations.subjects.networks.arithmetic import network

__version__ = "0.1.0"

_HOMES = {
    "check": "derivations.check.checking",
    "compare": "derivations.check.compare",
    "read": "derivations.check.reader.reading",
    "ReadingError": "derivations.check.reader.errors",
    "catalogue": "derivations.subjects.catalogue",
    "derive": "derivations.subjects.catalogue",
    "UnknownDerivation": "derivations.subjects.catalogue",
    "Derivation": "derivations.core.derivation",
    "load": "derivations.core.store",
    "mle": "derivations.subjects.likelihood.derive",
    "network": "derivations.subjects.networks.arithmetic",
    "equivalent": "derivations.check.recurrences.comparing",
    **dict.fromkeys(("gradient", "hessian", "hvp", "jacobian"), "derivations.subjects.matrices.asking"),
}

__all__ = [
    "Derivation",
    "ReadingError",
    "UnknownDerivation",
    "__version__",
    "catalogue",
    "check",
    "compare",
    "derive",
    "equivalent",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "load",
    "mle",
    "network",
    "read",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'derivations' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
