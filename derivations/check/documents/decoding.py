"""From the bytes of a file to its text: UTF-8, and other encodings that say at their start what they are."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from numeric.failures import Failure

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Marks at the start of a file → its encoding."""


@dataclass(eq=False)
class NotText(Failure, ValueError):
    """Bytes that are no text in a known encoding: which byte, where, and what to do."""

    start: int
    byte: int
    encoding: str

    def __str__(self) -> str:
        hint = " (a picture, an archive, or UTF-16 without a mark)" if self.byte == 0 else ""
        return f"not {self.encoding} text: byte {self.start} is {self.byte:#04x}{hint}; save it as UTF-8"


def decoded(data: bytes) -> str:
    r"""The text of a file. Its mark, if it has one, is no part of it.

    >>> decoded(b"\xef\xbb\xbf$x$"), decoded(b"\xff\xfe$\x00x\x00")
    ('$x$', '$x')

    Raises: NotText.
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    if not mark and (zero := data.find(0)) >= 0:
        raise NotText(zero, 0, encoding.upper())
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        place = error.start + len(mark)
        raise NotText(place, data[place], encoding.upper()) from None
