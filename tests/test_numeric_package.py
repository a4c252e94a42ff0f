"""The package: its public names, and what importing it costs."""

import subprocess
import sys

import pytest

import numeric


def test_every_public_name_is_there() -> None:
    assert all(getattr(numeric, name) is not None for name in numeric.__all__)


def test_functions_are_not_hidden_by_modules_of_their_name() -> None:
    assert callable(numeric.refute)
    assert callable(numeric.shrink)
    assert callable(numeric.evaluate_slowly)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'integrate'"):
        _ = numeric.integrate


def test_importing_the_package_does_not_import_scipy() -> None:
    code = "import sys, numeric; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
