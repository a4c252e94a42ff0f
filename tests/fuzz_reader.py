"""Coverage-guided fuzzing of the reader; needs atheris (the extra `fuzz`): python tests/fuzz_reader.py -max_total_time=300."""

from __future__ import annotations

import sys

try:
    import atheris
except ImportError:
    sys.exit("atheris is missing: pip install 'derivations[fuzz]'")

with atheris.instrument_imports(include=["derivations.check"]):
    from derivations.check.reader.errors import ReadingError
    from derivations.check.reader.notation import notation_names
    from derivations.check.reader.reading import read

NOTATIONS = notation_names()


def one(data: bytes) -> None:
    """Any bytes: a reading or a named error; the first byte chooses the notation."""
    notation = NOTATIONS[data[0] % len(NOTATIONS)] if data else None
    try:
        read(data[1:].decode("utf-8", errors="replace"), notation=notation).built  # noqa: B018
    except ReadingError:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
