"""Coverage-guided fuzzing of the reader; needs atheris (the extra `fuzz`): python tests/fuzz_reader.py -runs=100000."""

from __future__ import annotations

import sys

from derivations.check.reader.errors import ReadingError
from derivations.check.reader.reading import read


def one(data: bytes) -> None:
    """Any bytes: a reading or a named error."""
    try:
        read(data.decode("utf-8", errors="replace")).built  # noqa: B018
    except ReadingError:
        return


if __name__ == "__main__":
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
