"""What of a document is not read: other files it takes in, and pictures of formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARTS = re.compile(
    r"\\(?P<command>input|include|subfile|includegraphics)\s*(?:\[[^\]\n]{0,400}+\])?\s*\{(?P<file>[^{}\n]{0,400}+)\}"
    r"|!\[[^\]\n]{0,400}+\]\((?P<picture>[^)\s]{1,200}+)(?:\s[^)\n]{0,200}+)?\)|<img\b[^<>]{0,400}?\bsrc\s*=\s*[\"']?(?P<source>[^\"'\s>]{1,200}+)"
)
MAX_NOTES = 20


def notes_in(text: str, first: int = 0, last: int | None = None) -> Iterator[tuple[int, str]]:
    r"""(position, what is not read) for files and pictures that a text takes in.

    >>> list(notes_in(r"so \input{rest} and ![my work](photo.jpg)"))
    [(3, '\\input{rest} is not read; check that file too'), (20, 'the picture photo.jpg is not read')]
    """
    for count, match in enumerate(_PARTS.finditer(text, first, len(text) if last is None else last)):
        if count == MAX_NOTES:
            yield match.start(), "further pictures and files are not read"
            return
        picture = match.group("picture") or match.group("source")
        if match.group("command") == "includegraphics":
            picture = match.group("file").strip()
        if picture:
            yield match.start(), f"the picture {picture if len(picture) < 80 else picture[:79] + '…'} is not read"
        else:
            yield match.start(), f"\\{match.group('command')}{{{match.group('file').strip()}}} is not read; check that file too"
