"""What the words around a formula announce: a definition, an assumption, zero, a consequence, a goal, steps of an induction."""

from __future__ import annotations

import re

_SOURCE = (
    r"(form\b|hw\b|homework|theorem|lemma|proposition|corollary|eq(uation|n)?s?\b\.?|part\b|question|problem|exercise|lecture|hint"
    r"|assumption|above|previous|earlier|before|\(\w+\)|\d)"
)
"""What is referred to and not repeated: a fact from elsewhere."""

_CUES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "define": (
            r"\b(let|define[sd]?|denot\w+|where|writ\w+ .{0,20} for|abbreviat\w+|set\s+(?!.{0,30}\b(zero|0)\b)|"
            r"put|call(ed)?|notation|given by|we have the|recall|with|be the)\b|:="
        ),
        "assume": (
            r"\b(assum\w+|suppose|given|provided|require\w*|subject to|constraint|s\.t\.|such that|for all|if|"
            r"premise|because we know|known)\b"
        ),
        "start": r"\b(solve|consider|equation|start from|begin with)\b",
        "zero": (
            r"\b(set\w*|equat\w+|put\w*)\b.{0,60}(\b(zero|null)\b|=\s*0|\b0\b)|stationar|first.order condition|"
            r"vanish|critical point|normal equation|optim\w+ condition"
        ),
        "therefore": (
            r"\b(hence|thus|therefore|so|then|it follows|implies|consequently|gives|yields|obtain|get|solv(es|ed|"
            r"ing)|i\.e\.|that is|rearrang\w+|simplif\w+|expand\w+|equivalently|becomes|means|conclude|"
            r"which is)\b|∴|⇒|⇔|⟹|=>"
        ),
        "goal": r"\b(show|prove|want|to be shown|verify|demonstrate|claim|need to (show|prove)|goal)\b",
        "base": r"\b(base\s*(case|step)|induction start|for\s+\$?[kn]\$?\s*=\s*[01])\b",
        "hypothesis": r"\b(assume\w*|suppose)\b.{0,40}\b(true|holds?)\b|induction\s+hypothesis|inductive\s+hypothesis",
        "step": r"\binduct\w+\s*step|for\s+\$?[kn]\$?\s*=\s*\w\s*\+\s*1|consider\b.{0,40}\+\s*1",
        "final": r"\b(final\w*|answer|as required|as expected|q\.?e\.?d|estimat\w+ (is|are)|therefore the)\b|□|∎",
        "approximate": r"approximat|roughly|about",
        "cites": r"\b(by|from|using|via|per|see)\s+(the\s+)?" + _SOURCE,
        "case": r"\b(case|when|if)\b",
        "both sides": r"\bboth sides\b|\bapply\w*\b|\btak\w+ (the )?(log|exp|square|root)",
    }.items()
}
_ARROWS = {
    "therefore": "therefore", "Rightarrow": "therefore", "implies": "therefore", "iff": "therefore",
    "Leftrightarrow": "therefore",
    "Longrightarrow": "therefore", "Longleftrightarrow": "therefore", "∴": "therefore", "⇒": "therefore", "⇔": "therefore",
    "⟹": "therefore",
    "because": "assume", "∵": "assume",
}  # fmt: skip
_INDEPENDENT = re.compile(r"independen|naive|i\.?\s?i\.?\s?d\b|markov|uncorrelated|assum|unbiased|zero.mean|mean zero", re.I)
_SYMMETRIC = re.compile(r"symmetric|covariance|(semi-?)?definite|hessian|gram\b|kernel", re.IGNORECASE)
_TEXT = re.compile(r"\\(?:text\w*|mathrm|mbox)\s*\{([^{}]*)\}")
_REASON = re.compile(r"[\s,;:(\[]*(since|because|as|due to|by|from|using)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{2,}")
_CONNECTIVES = frozenset(
    [
        "or",
        "and",
        "so",
        "hence",
        "thus",
        "then",
        "therefore",
        "we",
        "get",
        "obtain",
        "have",
        "which",
        "gives",
        "yields",
        "that",
        "is",
        "ie",
        "where",
        "using",
        "by",
        "form",
        "equivalently",
        "now",
        "also",
        "since",
        "as",
        "expected",
        "required",
        "again",
        "it",
        "follows",
        "with",
        "from",
        "the",
        "this",
        "solving",
        "rearranging",
        "simplifying",
        "expanding",
        "finally",
        "next",
    ]
)


def cues_of(words: str, link: str = "") -> frozenset[str]:
    """The announcements in a stretch of prose; the last sentence counts most, so only its end is looked at.

    >>> sorted(cues_of("Setting the derivative to zero, we get"))
    ['therefore', 'zero']
    """
    recent = words[-240:]
    found = {name for name, pattern in _CUES.items() if pattern.search(recent)}
    if link in _ARROWS:
        found.add(_ARROWS[link])
    return frozenset(found)


def said_behind(words: str) -> frozenset[str]:
    """What words behind a formula say about it: that it is given, defined, assumed.

    >>> sorted(said_behind("(3) by definition"))
    ['define']
    """
    found = {"define"} if re.search(r"\bdefin\w+|\bgiven\b|\brecurrence\b|\binitial\b", words, re.IGNORECASE) else set()
    if re.search(r"\bassum\w+|\bby hypothesis\b|\bconstraint\b", words, re.IGNORECASE):
        found.add("assume")
    if _CUES["cites"].search(words) or re.search(r"\b(since|because|as|due to)\b", words, re.IGNORECASE):
        found.add("cites")
    return frozenset(found)


def words_within(latex: str) -> list[str]:
    r"""What stands in \text{…} inside a formula.

    >>> words_within(r"= a \quad \text{by Form II}")
    ['by Form II']
    """
    return _TEXT.findall(latex)


def reason_behind(words: str) -> str:
    """The words behind a formula when they give its reason, else nothing.

    >>> reason_behind(", since"), reason_behind(". Hence")
    (', since', '')
    """
    return words[:60] if _REASON.match(words) else ""


def lists_on(words: str) -> bool:
    """Whether words only go on with a list: what was said in front of its first formula holds for all.

    >>> lists_on(", and "), lists_on(". Then")
    (True, False)
    """
    return re.fullmatch(r"[\s,;&$]+|[\s,;&$]*\band\b[\s,;&$]*", words) is not None


def introduces(words: str) -> bool:
    """Whether the last words before a formula introduce a letter.

    >>> introduces("= w. Let "), introduces("let this be clear: we have")
    (True, False)
    """
    return re.search(r"\b(let|where|define|put|denote|write|set)\s*$", words.rstrip(" $"), re.IGNORECASE) is not None


def says_symmetric(words: str, already: bool) -> bool:
    """Whether matrices are said to be symmetric, in these words or before them under the same heading.

    >>> says_symmetric("let A be symmetric", False), says_symmetric("# Exercise 2", True)
    (True, False)
    """
    _, heading, last = words.rpartition("#")
    return _SYMMETRIC.search(last) is not None or (already and not heading)


def says_independent(words: str, already: bool) -> bool:
    """Whether something is assumed of a distribution, in these words or before them under the same heading.

    >>> says_independent("the samples are i.i.d.", False), says_independent("# Exercise 2", True)
    (True, False)
    """
    _, heading, last = words.rpartition("#")
    return _INDEPENDENT.search(last) is not None or (already and not heading)


def separates(words: str) -> bool:
    """Whether prose between two lines starts something new: more than a few words that are no connectives.

    >>> separates("or"), separates("The number of output nodes of the layer is")
    (False, True)
    """
    told = [word for word in _WORD.findall(words) if word.lower() not in _CONNECTIVES]
    return len(told) > 3
