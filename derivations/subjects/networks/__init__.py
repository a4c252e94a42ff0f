"""Network arithmetic: counts, sensitivities, receptive fields."""

from derivations.subjects.networks.claims import ENTRIES

__all__ = ["ENTRIES"]
