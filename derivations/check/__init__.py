"""Student work: reading mathematics, comparing it, and judging it line by line. The package can be called: it is
`derivations.check`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivations.check.report.result import Report


class _Door(ModuleType):
    """The package as the function `derivations.checking.check`, so that importing its rooms does not hide it."""

    def __call__(self, text: str, **options: Any) -> Report:
        from derivations.check.checking import check

        return check(text, **options)


sys.modules[__name__].__class__ = _Door
