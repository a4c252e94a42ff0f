"""Information: the log-ratio, KL divergence, cross-entropy and Fisher information."""

from __future__ import annotations

from collections.abc import Callable

from derivations.core.derivation import Derivation
from derivations.subjects.information.divergence import cross_entropy, kl_mean, kl_nonnegative
from derivations.subjects.information.fisher import fisher_expansion
from derivations.subjects.information.gaussians import kl_gaussians
from derivations.subjects.information.log_ratio import log_ratio

ENTRIES: dict[str, Callable[[], Derivation]] = {
    "information/log-ratio": log_ratio,
    "information/kl-mean": kl_mean,
    "information/kl-nonnegative": kl_nonnegative,
    "information/cross-entropy": cross_entropy,
    "information/kl-gaussians": kl_gaussians,
    "information/fisher": fisher_expansion,
}
