"""Network arithmetic: counts, sensitivities, receptive fields."""
