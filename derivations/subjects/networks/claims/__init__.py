"""The catalogue entries about networks: counts from definitions, sizes, sensitivities, receptive fields, comparisons."""

from __future__ import annotations

from collections.abc import Callable

from derivations.core.derivation import Derivation
from derivations.subjects.networks.claims import comparison, counting, fields, filter_size, monotone, output_size

ENTRIES: dict[str, Callable[[], Derivation]] = {
    **counting.ENTRIES,
    **output_size.ENTRIES,
    **filter_size.ENTRIES,
    **monotone.ENTRIES,
    **fields.ENTRIES,
    **comparison.ENTRIES,
}
