"""Settings for all tests: the random examples are the same on every run, unless DERIVATIONS_RANDOM asks for new ones."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, print_blob=True)
if not os.environ.get("DERIVATIONS_RANDOM"):
    settings.load_profile("repeatable")
os.environ.pop("COLUMNS", None)  # workers that run tests side by side have a width of their own
