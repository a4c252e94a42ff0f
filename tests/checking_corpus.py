"""Complete right derivations for tests of the checker: chains of rows in several notations and layouts, and mutants of them.

A derivation is a problem and paragraphs; a paragraph is the words before it and its rows. `VARIANTS` spell the same mathematics
with other letters; `LAYOUTS` write the rows as Markdown displays, as an aligned environment, or as a LaTeX document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Paragraph = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Derivation:
    """A right derivation: its name, the problem it solves (or none), its paragraphs, spellings of letters."""

    name: str
    problem: str
    paragraphs: tuple[Paragraph, ...]
    variants: tuple[tuple[tuple[str, str], ...], ...] = ((),)


def _(words: str, *rows: str) -> Paragraph:
    return words, rows


BOLD: tuple[tuple[str, str], ...] = (("x_d^{(i)}", "x_{id}"), ("y^{(i)}", "y_i"))
LABELS = (("1[y^{(i)} = k]", r"\mathbb{1}\{y^{(i)} = k\}"),)
DELTA = (("1[y^{(i)} = k]", r"\delta(y^{(i)} - k)"), ("x_d^{(i)}", "x^i_d"))

DERIVATIONS: tuple[Derivation, ...] = (
    Derivation(
        "class-means", "gaussian-naive-bayes/mle-mean",
        (
            _("The negative log-likelihood is differentiated:",
              r"\frac{\partial \ell}{\partial \mu_{kd}} = -\frac{1}{\sigma_d^2} \sum_{i=1}^{N} 1[y^{(i)} = k] (x_d^{(i)} - \mu_{kd})"),  # noqa: E501
            _("Setting it to zero,",
              r"\sum_{i=1}^{N} 1[y^{(i)} = k] (x_d^{(i)} - \mu_{kd}) = 0",
              r"\sum_{i=1}^{N} 1[y^{(i)} = k] x_d^{(i)} = N_k \mu_{kd}",
              r"\hat{\mu}_{kd} = \frac{1}{N_k} \sum_{i=1}^{N} 1[y^{(i)} = k] x_d^{(i)}"),
        ),
        ((), BOLD, LABELS, DELTA),
    ),
    Derivation(
        "variances", "gaussian-naive-bayes/mle-variance",
        (
            _("The derivative of the objective is",
              r"\frac{\partial \ell}{\partial \sigma_d^2} = \frac{N}{2 \sigma_d^2} - \frac{1}{2 \sigma_d^4} \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2"),  # noqa: E501
            _("Set it to zero:",
              r"\frac{N}{2 \sigma_d^2} - \frac{1}{2 \sigma_d^4} \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2 = 0",
              r"N \sigma_d^2 - \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2 = 0",
              r"\sigma_d^2 = \frac{1}{N} \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2"),
        ),
        ((), BOLD, (("x_d^{(i)}", "x^i_d"), ("y^{(i)}", "y^i"))),
    ),
    Derivation(
        "standard-deviations", "gaussian-naive-bayes/mle-variance",
        (
            _("With respect to the standard deviation,",
              r"\frac{\partial \ell}{\partial \sigma_d} = \frac{N}{\sigma_d} - \frac{1}{\sigma_d^3} \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2"),  # noqa: E501
            _("which vanishes where",
              r"\frac{1}{\sigma_d} (N - \frac{1}{\sigma_d^2} \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2) = 0",
              r"\sigma_d^2 = \frac{1}{N} \sum_{i=1}^{N} (x_d^{(i)} - \mu_{y^{(i)} d})^2"),
        ),
        ((), BOLD),
    ),
    Derivation(
        "priors", "gaussian-naive-bayes/prior",
        (
            _("With a multiplier for the constraint, the Lagrangian is",
              r"\Lambda = \ell + \lambda (\sum_{k=1}^{K} \alpha_k - 1)"),
            _("Its derivative is",
              r"\frac{\partial \Lambda}{\partial \alpha_k} = -\frac{N_k}{\alpha_k} + \lambda"),
            _("Set to zero, it gives", r"-\frac{N_k}{\alpha_k} + \lambda = 0", r"\alpha_k = \frac{N_k}{\lambda}"),
            _("The constraint gives", r"\sum_{k=1}^{K} \frac{N_k}{\lambda} = 1", r"\lambda = N"),
            _("and hence", r"\hat{\alpha}_k = \frac{N_k}{N}"),
        ),
        ((), ((r"\Lambda", "G"),)),
    ),
    Derivation(
        "negative-log-likelihood", "gaussian-naive-bayes/negative-log-likelihood",
        (
            _("The negative log-likelihood of the data is",
              r"\ell = -\log \prod_{i=1}^{N} \alpha_{y^{(i)}} \prod_{d=1}^{D} \frac{1}{\sqrt{2 \pi \sigma_d^2}} \exp\left( -\frac{(x_d^{(i)} - \mu_{y^{(i)} d})^2}{2 \sigma_d^2} \right)",  # noqa: E501
              r"= -\sum_{i=1}^{N} \log \alpha_{y^{(i)}} + \frac{1}{2} \sum_{i=1}^{N} \sum_{d=1}^{D} \log(2 \pi \sigma_d^2) + \sum_{i=1}^{N} \sum_{d=1}^{D} \frac{(x_d^{(i)} - \mu_{y^{(i)} d})^2}{2 \sigma_d^2}",  # noqa: E501
              r"= \frac{N}{2} \sum_{d=1}^{D} \log(2 \pi \sigma_d^2) + \sum_{i=1}^{N} \sum_{d=1}^{D} \frac{(x_d^{(i)} - \mu_{y^{(i)} d})^2}{2 \sigma_d^2} - \sum_{i=1}^{N} \log \alpha_{y^{(i)}}"),  # noqa: E501
        ),
        ((), BOLD),
    ),
    Derivation(
        "normal-mean", "",
        (
            _("Let the objective be", r"f(\mu) = \sum_{i=1}^{n} \frac{(x_i - \mu)^2}{2 s}"),
            _("Its derivative is",
              r"\frac{\partial f}{\partial \mu} = -\frac{1}{s} \sum_{i=1}^{n} (x_i - \mu)", r"= \frac{n \mu}{s} - \frac{1}{s} \sum_{i=1}^{n} x_i"),  # noqa: E501
            _("Set it to zero:", r"n \mu - \sum_{i=1}^{n} x_i = 0", r"\mu = \frac{1}{n} \sum_{i=1}^{n} x_i"),
        ),
        ((), ((r"x_i", "y_j"), ("{i=1}", "{j=1}"), ("{n}", "{m}"), ("n \\mu", "m \\mu"))),
    ),
    Derivation(
        "normal-variance", "",
        (
            _("Let the negative log-likelihood be", r"L(v) = \frac{n}{2} \log(2 \pi v) + \frac{1}{2 v} \sum_{i=1}^{n} (x_i - \mu)^2"),  # noqa: E501
            _("Then", r"\frac{d L}{d v} = \frac{n}{2 v} - \frac{1}{2 v^2} \sum_{i=1}^{n} (x_i - \mu)^2"),
            _("Equating to zero,",
              r"\frac{n}{2 v} = \frac{1}{2 v^2} \sum_{i=1}^{n} (x_i - \mu)^2", r"n v = \sum_{i=1}^{n} (x_i - \mu)^2",
              r"v = \frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2"),
        ),
        ((), (("x_i", "z_i"), (r"\mu", "m"))),
    ),
    Derivation(
        "bernoulli", "",
        (
            _("Let the log-likelihood be", r"\ell(p) = \sum_{i=1}^{n} (y_i \log p + (1 - y_i) \log(1 - p))"),
            _("Its derivative is",
              r"\frac{\partial \ell}{\partial p} = \frac{1}{p} \sum_{i=1}^{n} y_i - \frac{1}{1 - p} \sum_{i=1}^{n} (1 - y_i)"),
            _("Set to zero:",
              r"(1 - p) \sum_{i=1}^{n} y_i - p \sum_{i=1}^{n} (1 - y_i) = 0", r"\sum_{i=1}^{n} y_i - n p = 0",
              r"\hat{p} = \frac{1}{n} \sum_{i=1}^{n} y_i"),
        ),
        ((), (("y_i", "t_i"),)),
    ),
    Derivation(
        "poisson", "",
        (
            _("Let the negative log-likelihood be", r"J(\theta) = n \theta - \log(\theta) \sum_{i=1}^{n} k_i"),
            _("so that", r"\frac{\partial J}{\partial \theta} = n - \frac{1}{\theta} \sum_{i=1}^{n} k_i"),
            _("Setting it to zero gives", r"n \theta = \sum_{i=1}^{n} k_i", r"\theta = \frac{1}{n} \sum_{i=1}^{n} k_i"),
        ),
        ((), (("k_i", "c_i"), (r"\theta", r"\beta"))),
    ),
    Derivation(
        "exponential", "",
        (
            _("Let", r"J(\beta) = \beta \sum_{i=1}^{n} x_i - n \log \beta"),
            _("The derivative is", r"\frac{d J}{d \beta} = \sum_{i=1}^{n} x_i - \frac{n}{\beta}"),
            _("which is set to zero:", r"\sum_{i=1}^{n} x_i - \frac{n}{\beta} = 0", r"\beta = \frac{n}{\sum_{i=1}^{n} x_i}"),
        ),
        ((), ((r"\beta", r"\tau"), ("x_i", "t_i"))),
    ),
    Derivation(
        "least-squares-slope", "",
        (
            _("Let", r"R(w) = \sum_{i=1}^{n} (y_i - w x_i)^2"),
            _("Then", r"\frac{\partial R}{\partial w} = -2 \sum_{i=1}^{n} x_i (y_i - w x_i)",
              r"= 2 w \sum_{i=1}^{n} x_i^2 - 2 \sum_{i=1}^{n} x_i y_i"),
            _("Setting the derivative to zero,",
              r"w \sum_{i=1}^{n} x_i^2 = \sum_{i=1}^{n} x_i y_i", r"w = \frac{\sum_{i=1}^{n} x_i y_i}{\sum_{i=1}^{n} x_i^2}"),
        ),
        ((), (("w", r"\theta"),)),
    ),
    Derivation(
        "ridge-slope", "",
        (
            _("Let", r"R(w) = \frac{1}{2} \sum_{i=1}^{n} (y_i - w x_i)^2 + \frac{c}{2} w^2"),
            _("Then", r"\frac{\partial R}{\partial w} = -\sum_{i=1}^{n} x_i (y_i - w x_i) + c w"),
            _("Setting it to zero,",
              r"w (\sum_{i=1}^{n} x_i^2 + c) = \sum_{i=1}^{n} x_i y_i", r"w = \frac{\sum_{i=1}^{n} x_i y_i}{\sum_{i=1}^{n} x_i^2 + c}"),  # noqa: E501
        ),
        ((), (("c", r"\gamma"), ("R", "J"))),
    ),
    Derivation(
        "weighted-mean", "",
        (
            _("Let", r"Q(m) = \sum_{i=1}^{n} a_i (x_i - m)^2"),
            _("Then", r"\frac{d Q}{d m} = -2 \sum_{i=1}^{n} a_i (x_i - m)"),
            _("and set it to zero:", r"m \sum_{i=1}^{n} a_i = \sum_{i=1}^{n} a_i x_i", r"m = \frac{\sum_{i=1}^{n} a_i x_i}{\sum_{i=1}^{n} a_i}"),  # noqa: E501
        ),
        ((), (("a_i", "w_i"), ("m", r"\theta"))),
    ),
    Derivation(
        "variance-identity", "",
        (
            _("Let", r"m = \frac{1}{n} \sum_{i=1}^{n} x_i"),
            _("We expand",
              r"\sum_{i=1}^{n} (x_i - m)^2 = \sum_{i=1}^{n} (x_i^2 - 2 m x_i + m^2)",
              r"= \sum_{i=1}^{n} x_i^2 - 2 m \sum_{i=1}^{n} x_i + n m^2", r"= \sum_{i=1}^{n} x_i^2 - n m^2"),
        ),
        ((), (("x_i", "z_i"),)),
    ),
    Derivation(
        "covariance-identity", "",
        (
            _("Let", r"a = \frac{1}{n} \sum_{i=1}^{n} x_i"),
            _("and let", r"b = \frac{1}{n} \sum_{i=1}^{n} y_i"),
            _("Then",
              r"\sum_{i=1}^{n} (x_i - a) (y_i - b) = \sum_{i=1}^{n} (x_i y_i - a y_i - b x_i + a b)",
              r"= \sum_{i=1}^{n} x_i y_i - n a b"),
        ),
        ((), (("a", "u"), ("b", "v"))),
    ),
    Derivation(
        "sigmoid-derivative", "",
        (
            _("Let", r"g(z) = \frac{1}{1 + e^{-z}}"),
            _("Then", r"\frac{d g}{d z} = \frac{e^{-z}}{(1 + e^{-z})^2}",
              r"= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}}", r"= \frac{1}{1 + e^{-z}} \left( 1 - \frac{1}{1 + e^{-z}} \right)"),  # noqa: E501
        ),
        ((), (("z", "t"),)),
    ),
    Derivation(
        "logistic-gradient", "",
        (
            _("Let", r"J(w) = \sum_{i=1}^{n} \log(1 + e^{-t_i w x_i})"),
            _("Then", r"\frac{d J}{d w} = \sum_{i=1}^{n} \frac{-t_i x_i e^{-t_i w x_i}}{1 + e^{-t_i w x_i}}",
              r"= -\sum_{i=1}^{n} \frac{t_i x_i}{1 + e^{t_i w x_i}}"),
        ),
        ((), (("t_i", "y_i"),)),
    ),
    Derivation(
        "softmax-shift", "",
        (
            _("For every shift the ratio stays the same:",
              r"\frac{e^{z_k + c}}{\sum_{j=1}^{K} e^{z_j + c}} = \frac{e^{c} e^{z_k}}{e^{c} \sum_{j=1}^{K} e^{z_j}}",
              r"= \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}"),
        ),
        ((), (("z", "a"),)),
    ),
    Derivation(
        "posterior-ratio", "",
        (
            _("Dividing by the numerator,",
              r"\frac{a_k e^{-u_k}}{\sum_{j=1}^{K} a_j e^{-u_j}} = \frac{1}{1 + \sum_{j \ne k} \frac{a_j}{a_k} e^{u_k - u_j}}"),
        ),
        ((), (("a", r"\alpha"),)),
    ),
    Derivation(
        "log-sum-exp", "",
        (
            _("Let", r"f(z) = \log \sum_{j=1}^{K} e^{z_j}"),
            _("Then for a constant",
              r"\log \sum_{j=1}^{K} e^{z_j} = \log\left( e^{c} \sum_{j=1}^{K} e^{z_j - c} \right)", r"= c + \log \sum_{j=1}^{K} e^{z_j - c}"),  # noqa: E501
        ),
        ((), (("c", "b"),)),
    ),
    Derivation(
        "sum-of-integers", "",
        (
            _("Assume true for k = n:", r"\sum_{i=1}^{n} i = \frac{n (n + 1)}{2}"),
            _("Then",
              r"\sum_{i=1}^{n+1} i = \frac{n (n + 1)}{2} + (n + 1)", r"= \frac{n (n + 1) + 2 (n + 1)}{2}", r"= \frac{(n + 1) (n + 2)}{2}"),  # noqa: E501
        ),
        ((), (("n", "m"),)),
    ),
    Derivation(
        "sum-of-squares", "",
        (
            _("Assume it holds for k = n:", r"\sum_{i=1}^{n} i^2 = \frac{n (n + 1) (2 n + 1)}{6}"),
            _("Then", r"\sum_{i=1}^{n+1} i^2 = \frac{n (n + 1) (2 n + 1)}{6} + (n + 1)^2", r"= \frac{(n + 1) (2 n^2 + 7 n + 6)}{6}",  # noqa: E501
              r"= \frac{(n + 1) (n + 2) (2 n + 3)}{6}"),
        ),
        ((), (("n", "m"), ("i", "j"))),
    ),
    Derivation(
        "completing-the-square", "",
        (
            _("We complete the square:",
              r"a x^2 + b x + c = a \left( x^2 + \frac{b}{a} x \right) + c", r"= a \left( x + \frac{b}{2 a} \right)^2 - \frac{b^2}{4 a} + c"),  # noqa: E501
        ),
        ((), (("x", "t"),)),
    ),
    Derivation(
        "quadratic", "",
        (
            _("We solve", r"x^2 - 5 x + 6 = 0", r"(x - 2) (x - 3) = 0"),
        ),
        ((), (("x", "z"),)),
    ),
    Derivation(
        "linear-equation", "",
        (_("We solve", r"2 t - 7 = 3", r"2 t = 10", r"t = 5"),),
        ((), (("t", "u"),)),
    ),
    Derivation(
        "posterior-mean", "",
        (
            _("Let", r"Q(m) = \frac{1}{2 s} \sum_{i=1}^{n} (x_i - m)^2 + \frac{(m - a)^2}{2 t}"),
            _("Then", r"\frac{d Q}{d m} = -\frac{1}{s} \sum_{i=1}^{n} (x_i - m) + \frac{m - a}{t}"),
            _("Set to zero:", r"m \left( \frac{n}{s} + \frac{1}{t} \right) = \frac{1}{s} \sum_{i=1}^{n} x_i + \frac{a}{t}"),
        ),
        ((), (("a", "b"),)),
    ),
    Derivation(
        "binomials", "",
        (
            _("By hand,", r"(a + b)^3 = (a + b) (a^2 + 2 a b + b^2)", r"= a^3 + 3 a^2 b + 3 a b^2 + b^3"),
            _("and", r"(a - b) (a + b) = a^2 - b^2"),
        ),
        ((), (("a", "u"), ("b", "v"))),
    ),
    Derivation(
        "quotient-rule", "",
        (
            _("Let", r"h(x) = \frac{x^2}{1 + x}"),
            _("Then", r"\frac{d h}{d x} = \frac{2 x (1 + x) - x^2}{(1 + x)^2}", r"= \frac{x^2 + 2 x}{(1 + x)^2}"),
        ),
        ((), (("x", "s"),)),
    ),
    Derivation(
        "connections-of-a-filter", "",
        (
            _("Let", r"C(f) = \frac{3 K f^2 (W - f)^2}{s^2}"),
            _("Then", r"\frac{d C}{d f} = \frac{6 K f (W - f)^2 - 6 K f^2 (W - f)}{s^2}", r"= \frac{6 K f (W - f) (W - 2 f)}{s^2}"),  # noqa: E501
        ),
        ((), (("K", "M"),)),
    ),
    Derivation(
        "counting-a-convolution", "",
        (
            _("The number of weights is", r"11 \times 11 \times 3 \times 96 = 34848"),
            _("the number of units", r"55 \times 55 \times 96 = 290400"),
            _("and of connections", r"290400 \times 11 \times 11 \times 3 = 105415200"),
        ),
        ((), ((r"\times", r"\cdot"),)),
    ),
    Derivation(
        "indicator-sums", "",
        (
            _("Let", r"n_k = \sum_{i=1}^{N} 1[y_i = k]"),
            _("Then", r"\sum_{k=1}^{K} n_k = \sum_{i=1}^{N} \sum_{k=1}^{K} 1[y_i = k]", r"= \sum_{i=1}^{N} 1", r"= N"),
        ),
        ((), (("1[y_i = k]", r"\mathbb{I}(y_i = k)"),)),
    ),
    Derivation(
        "log-ratio", "information/log-ratio",
        (
            _("Let", r"\epsilon = \log p - \log q"),
            _("Then", r"\frac{p - q}{p} = 1 - \frac{q}{p}", r"= 1 - e^{\log q - \log p}", r"= 1 - e^{-\epsilon}"),
        ),
        ((), ((r"\epsilon", r"\varepsilon"),)),
    ),
)  # fmt: skip


def markdown(paragraphs: tuple[Paragraph, ...]) -> str:
    """Every row a display of its own."""
    return "\n\n".join(f"{words}\n\n" + "\n\n".join(f"$$\n{row}\n$$" for row in rows) for words, rows in paragraphs) + "\n"


def aligned(paragraphs: tuple[Paragraph, ...]) -> str:
    """The rows of a paragraph in one aligned environment."""
    body = [f"{words}\n\n$$\n\\begin{{aligned}}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$" for words, rows in paragraphs]
    return "# Solution\n\n" + "\n\n".join(body) + "\n"


def latex(paragraphs: tuple[Paragraph, ...]) -> str:
    """A document with align* environments."""
    body = [f"{words}\n\\begin{{align*}}\n  " + " \\\\\n  ".join(rows) + "\n\\end{align*}" for words, rows in paragraphs]
    return "\\documentclass{article}\n\\begin{document}\n" + "\n".join(body) + "\n\\end{document}\n"


LAYOUTS: tuple[tuple[str, Callable[[tuple[Paragraph, ...]], str]], ...] = (
    ("markdown", markdown), ("markdown", aligned), ("latex", latex),
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A derivation written out: its name, problem, format and text, and the rows in order."""

    name: str
    problem: str
    format: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    layout: int


def documents() -> Iterator[Document]:
    """Every derivation in every spelling, the layouts in turn."""
    count = 0
    for derivation in DERIVATIONS:
        for number, spelling in enumerate(derivation.variants):
            paragraphs = tuple((words, tuple(_spelled(row, spelling) for row in rows)) for words, rows in derivation.paragraphs)
            layout = count % len(LAYOUTS)
            count += 1
            form, write = LAYOUTS[layout]
            yield Document(f"{derivation.name}-{number}", derivation.problem, form, write(paragraphs), paragraphs, layout)


def _spelled(row: str, spelling: tuple[tuple[str, str], ...]) -> str:
    """The row with other letters; a single letter is replaced only where it stands alone."""
    import re

    for old, new in spelling:
        if len(old) == 1:
            row = re.sub(rf"(?<![\\A-Za-z]){old}(?![A-Za-z])", lambda match, new=new: new, row)
            row = re.sub(rf"(?<=\\[a-z]{{4}}){old}(?=\W)", lambda match, old=old: old, row)
        else:
            row = row.replace(old, new)
    return row
