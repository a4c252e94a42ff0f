r"""Comparing formulas of probability: proved in joint probabilities and means, refuted by finite joint tables."""

from __future__ import annotations

from fractions import Fraction

import pytest
from check_tables import rows

from derivations.check.compare import Comparison, compare

EQUAL = rows(r"""
E[X+Y] ||| E[X] + E[Y]
E[aX+b] ||| aE[X] + b
\mathrm{Var}(X) ||| E[X^2] - E[X]^2
\mathrm{Var}(X) ||| E[(X - E[X])^2]
\mathrm{Var}(aX) ||| a^2 \mathrm{Var}(X)
\mathrm{Var}(X + c) ||| \mathrm{Var}(X)
\mathrm{Var}(X+Y) ||| \mathrm{Var}(X) + \mathrm{Var}(Y) + 2\mathrm{Cov}(X,Y)
\mathrm{Cov}(X,Y) ||| E[XY] - E[X]E[Y]
\mathrm{Cov}(X,Y) ||| \mathrm{Cov}(Y,X)
\mathrm{Cov}(X,X) ||| \mathrm{Var}(X)
\mathrm{Cov}(aX,Y) ||| a \mathrm{Cov}(X,Y)
\mathbb{E}[(X-\mathbb{E}[X])(Y-\mathbb{E}[Y])] ||| \mathbb{E}[XY] - \mathbb{E}[X]\mathbb{E}[Y]
\mathbb{E}[2X - 3Y] ||| 2\mathbb{E}[X] - 3\mathbb{E}[Y]
p(y|x) ||| \frac{p(x|y)p(y)}{p(x)}
p(x) ||| \sum_y p(x|y)p(y)
p(x) ||| \sum_y p(x,y)
p(x,y) ||| p(x|y)p(y)
p(x,y) ||| p(y,x)
p(x,y,z) ||| p(x|y,z)p(y|z)p(z)
p(x,y|z) ||| p(x|y,z)p(y|z)
p(y|x) ||| \frac{p(x|y)p(y)}{\sum_{y'} p(x|y')p(y')}
\log p(x,y) ||| \log p(x|y) + \log p(y)
p(x) ||| \int p(x|z)p(z) dz
\sum_y p(y|x) ||| 1
P(A^c) ||| 1 - P(A)
P(A \cup B) ||| P(A) + P(B) - P(A \cap B)
P(A \cap B) ||| P(A|B) P(B)
P(Y=k|x) ||| \frac{p(x|Y=k)P(Y=k)}{\sum_j p(x|Y=j)P(Y=j)}
\sum_y p(y) E[X|Y=y] ||| E[X]
E[E[X|Y]] ||| E[X]
E[Y E[X|Y]] ||| E[XY]
E[X E[Y]] ||| E[X]E[Y]
E[c] - c + E[X] ||| E[X]
\mathrm{Var}(X) ||| E[(X - E[X])^2]
\mathbb{E}[(X-\mathbb{E}[X])(Y-\mathbb{E}[Y])] ||| \mathbb{E}[XY] - \mathbb{E}[X]\mathbb{E}[Y]
\mathrm{Var}(2X + 3) ||| 4\mathrm{Var}(X)
\mathrm{Var}(X - Y) ||| \mathrm{Var}(X) + \mathrm{Var}(Y) - 2\mathrm{Cov}(X,Y)
\mathrm{Cov}(X+Y, Z) ||| \mathrm{Cov}(X,Z) + \mathrm{Cov}(Y,Z)
\mathrm{Cov}(aX+b, cY+d) ||| a c \mathrm{Cov}(X,Y)
\mathrm{Cov}(X, c) ||| 0
E[(X-a)^2] ||| \mathrm{Var}(X) + (E[X] - a)^2
E[X - E[X]] ||| 0
\mathrm{std}(X)^2 ||| \mathrm{Var}(X)
\mathrm{std}(aX) ||| |a|\,\mathrm{std}(X)
E[(\hat\theta - \theta)^2] ||| \mathrm{Var}(\hat\theta) + (E[\hat\theta] - \theta)^2
E[aX + bY + c] ||| aE[X] + bE[Y] + c
\mathrm{Var}(X) ||| E[\mathrm{Var}(X|Y)] + \mathrm{Var}(E[X|Y])
\sum_x x p(x) ||| E[X]
\int x p(x) dx ||| E[X]
\int x^2 p(x) dx - \left(\int x p(x) dx\right)^2 ||| \mathrm{Var}(X)
p(x,y,z) ||| p(z|x,y)p(y|x)p(x)
p(x|y,z) ||| \frac{p(z|x,y)p(x|y)}{p(z|y)}
p(x|y) ||| \frac{p(y|x)p(x)}{\sum_{x'} p(y|x')p(x')}
p(x|y) ||| \frac{p(y|x)p(x)}{\int p(y|x')p(x') dx'}
\sum_x \sum_y p(x,y) ||| 1
\sum_{x,y} p(x,y|z) ||| 1
\int_{-\infty}^\infty p(x|y) dx ||| 1
p(x|z) ||| \sum_y p(x|y,z)p(y|z)
P(A) ||| P(A|B)P(B) + P(A|B^c)P(B^c)
P(A^c | B) ||| 1 - P(A | B)
P(A \setminus B) ||| P(A) - P(A \cap B)
P(A \cap B^c) ||| P(A) - P(A \cap B)
P(A^c \cap B^c) ||| 1 - P(A \cup B)
P(A \cup B \cup C) ||| P(A)+P(B)+P(C)-P(A\cap B)-P(A \cap C)-P(B\cap C)+P(A\cap B\cap C)
P(A|B) ||| \frac{P(B|A)P(A)}{P(B|A)P(A) + P(B|A^c)P(A^c)}
P(Y=1|x) ||| \frac{p(x|Y=1)P(Y=1)}{p(x)}
P(X > x) ||| 1 - P(X \le x)
P(X=x, Y=y) ||| P(X=x|Y=y)P(Y=y)
P(a < X \le b) + P(X \le a) - P(X \le b) + 1 - 1 + 1[b<a](P(X \le b) - P(X \le a)) ||| 0
\log p(x|y) ||| \log p(y|x) + \log p(x) - \log p(y)
\log \frac{p(x,z)}{p(z|x)} ||| \log p(x)
\sum_z p(z|x) \log \frac{p(x,z)}{p(z|x)} ||| \log p(x)
\sum_z q(z) \log \frac{p(x,z)}{q(z)} ||| \log p(x) - \sum_z q(z) \log \frac{q(z)}{p(z|x)}
\mathbb{E}_{z \sim q}[\log p(x,z) - \log q(z)] ||| \mathbb{E}_{z \sim q}[\log p(x,z)] - \mathbb{E}_{z \sim q}[\log q(z)]
p(y|x;\theta) ||| \frac{p(x|y;\theta)p(y;\theta)}{p(x;\theta)}
p_\theta(z|x) ||| \frac{p_\theta(x|z)p_\theta(z)}{p_\theta(x)}
p(x_i, y_i) ||| p(x_i|y_i)p(y_i)
\prod_{i=1}^n p(x_i,y_i) ||| \prod_{i=1}^n p(x_i|y_i)p(y_i)
\sum_{i=1}^n \log p(x_i,y_i) ||| \sum_{i=1}^n \log p(x_i|y_i) + \sum_{i=1}^n \log p(y_i)
\sum_{k=1}^K P(Y=k) ||| 1
\sum_{k=1}^K p(x|Y=k)P(Y=k) ||| p(x)
\sum_{y=0}^1 p(y) ||| 1
E[X_1 + X_2] ||| E[X_1] + E[X_2]
E[f(X) + g(X)] ||| E[f(X)] + E[g(X)]
E[f(X)] ||| \sum_x f(x) p(x)
\mathbb{E}[X \mid Y=y] ||| \sum_x x p(x|y)
P(y|x)P(x) ||| P(x|y)P(y)
\frac{P(A \cap B)}{P(B)} ||| P(A|B)
P(A)P(B|A)P(C|A \cap B) ||| P(A\cap B \cap C)
E[1[X > 0]] ||| P(X > 0)
p(\mathbf{x}|y)p(y) ||| p(\mathbf{x}, y)
E[E[X|Y,Z]|Y] ||| E[X|Y]
E[g(Y) E[X|Y]] ||| E[g(Y) X]
\sum_y p(y) E[X|Y=y] ||| \sum_x x p(x)
p(y|x) = \frac{p(x|y)p(y)}{p(x)} ||| p(y|x)p(x) = p(x|y)p(y)
P(A \cap A^c) ||| 0
P(A \cup A^c) ||| 1
E[X \cdot 1] ||| E[X]
E[X E[X|Y]] ||| E[E[X|Y]^2]
""")  # fmt: skip

DIFFERENT = rows(r"""
E[XY] ||| E[X]E[Y]
E[X^2] ||| E[X]^2
E[f(X)] ||| f(E[X])
\mathrm{Var}(X+Y) ||| \mathrm{Var}(X) + \mathrm{Var}(Y)
\mathrm{Var}(aX) ||| a \mathrm{Var}(X)
\mathrm{Var}(X) ||| E[X^2] - E[X]
\mathrm{Var}(X) ||| E[X]^2 - E[X^2]
\mathrm{Var}(X-Y) ||| \mathrm{Var}(X) - \mathrm{Var}(Y)
\mathrm{Cov}(X,Y) ||| E[XY]
\mathrm{Cov}(X,Y) ||| E[XY] + E[X]E[Y]
\mathrm{Cov}(X, Y) ||| \mathrm{Cov}(X, Z)
E[1/X] ||| 1/E[X]
E[\log X] ||| \log E[X]
E[X|Y] ||| E[Y|X]
E[X | Y] ||| E[X]
p(x,y) ||| p(x)p(y)
p(x|y) ||| p(x)
p(y|x) ||| \frac{p(x|y)p(x)}{p(y)}
p(x) ||| \sum_y p(x|y)
p(x|y) ||| p(x,y)p(y)
P(A \cup B) ||| P(A) + P(B)
P(A \cap B) ||| P(A) P(B)
P(A^c) ||| P(A) - 1
1 - P(A) ||| P(A)
p(x|y,z) ||| p(x|y)p(x|z)
p(x,y|z) ||| p(x|z)p(y|z)
p(x,y|z) ||| p(x|y,z)
\log p(x,y) ||| \log p(x) + \log p(y)
\log p(x|y) ||| \log p(x,y) + \log p(y)
\sum_y p(y) E[X|Y=y] ||| E[X|Y=y]
E[E[X|Y]] ||| E[X|Y]
E[XY] ||| X E[Y]
E[X E[Y]] ||| E[XY]
E[X^2 Y] ||| E[X^2] E[Y]
\mathrm{Var}(X) ||| E[X - E[X]]
\mathrm{Var}(X) ||| E[|X - E[X]|]
\mathrm{Var}(2X + 3) ||| 4\mathrm{Var}(X) + 3
\mathrm{Var}(X + Y) ||| \mathrm{Var}(X) + \mathrm{Var}(Y) + \mathrm{Cov}(X,Y)
\mathrm{Var}(X - Y) ||| \mathrm{Var}(X) + \mathrm{Var}(Y)
\mathrm{Cov}(X+Y, Z) ||| \mathrm{Cov}(X,Z) \mathrm{Cov}(Y,Z)
\mathrm{Cov}(X, Y) ||| E[X]E[Y] - E[XY]
\mathrm{Cov}(aX, bY) ||| a^2 b^2 \mathrm{Cov}(X,Y)
E[(X-a)^2] ||| \mathrm{Var}(X)
E[(X-a)^2] ||| \mathrm{Var}(X) + E[X]^2 - a^2
E[e^X] ||| e^{E[X]}
E[X/Y] ||| E[X]/E[Y]
E[\max(X,Y)] ||| \max(E[X], E[Y])
p(x,y,z) ||| p(x|y)p(y|z)p(z)
p(x,y,z) ||| p(x|y,z)p(y,z)p(z)
p(x|y) ||| p(y|x)
p(x|y) ||| \frac{p(y|x)}{p(y)}
p(x|y) ||| \frac{p(y|x)p(x)}{\sum_y p(y|x)p(x)}
p(y|x) ||| \frac{p(x|y)p(y)}{\sum_{x'} p(x'|y)p(y)}
p(y) ||| \sum_x p(x|y)p(x)
p(y) ||| \int p(x,y) dy
\sum_y p(x|y) ||| 1
\sum_x p(x|y) ||| p(y)
\sum_x \sum_y p(x,y) ||| 2
P(A|B) ||| P(B|A)
P(A|B) ||| P(A \cap B)
P(A \cup B) ||| P(A) + P(B) - P(A)P(B)
P(A \cup B) ||| 1 - P(A^c \cup B^c)
P(A^c | B) ||| 1 - P(A | B^c)
P(A | B^c) ||| 1 - P(A | B)
P(A) ||| P(A|B) + P(A|B^c)
P(A \setminus B) ||| P(A) - P(B)
P(A \cap B^c) ||| P(A) P(B)
P(Y=1|x) ||| \frac{p(x|Y=1)P(Y=1)}{p(x|Y=0)P(Y=0)}
P(Y=1|x) ||| \frac{p(x|Y=1)P(Y=0)}{p(x)}
P(X > 0) ||| P(X \ge 0)
P(X \le x) ||| P(X < x)
P(X > x) ||| P(X \le x)
P(X = Y) ||| P(X \ne Y)
\log p(x|y) ||| \log p(y|x) + \log p(y) + \log p(x)
\log p(x) ||| \sum_z \log p(x,z)
\log \sum_z p(x,z) ||| \sum_z p(z|x) \log p(x,z)
p(x)^2 ||| p(x,x)
p(x|y,z) ||| \frac{p(z|x)p(x|y)}{p(z|y)}
p(x,y|z) ||| \frac{p(x,y,z)}{p(y,z)}
P(X=x|Y=y) ||| P(Y=y|X=x)
P(X=1) ||| P(X=2)
P(X=1) + P(X=2) ||| P(X=1, X=2)
E[X|Y=1] ||| E[X|Y=2]
E[X | Y] ||| \frac{E[XY]}{E[Y]}
\mathrm{std}(X) ||| \mathrm{Var}(X)
\mathrm{std}(aX) ||| a\,\mathrm{std}(X)
\sum_x x p(x) ||| E[X^2]
\sum_x x^2 p(x) ||| E[X]^2
\sum_x p(x) \log p(x) ||| E[\log X]
E[1[X > 0]] ||| P(X \ge 0)
E[E[X|Y]|Z] ||| E[X|Z]
E[E[X|Y=1]] ||| E[X]
E[E[X|Y]] ||| E[Y]
E[Z E[X|Y]] ||| E[ZX]
E[X E[X|Y]] ||| E[X^2]
\sum_y E[X|Y=y] ||| E[X]
E[X|Y=y] ||| E[X|Y=z]
p(y|x) = \frac{p(x|y)p(y)}{p(x)} ||| p(y|x) = \frac{p(x|y)p(x)}{p(y)}
p(x,y)=p(x|y)p(y) ||| p(x,y) = p(x)p(y)
E[X+Y]=E[X]+E[Y] ||| E[XY]=E[X]E[Y]
E[X^2] ||| E[X]E[X]
P(A \cap A^c) ||| P(A)
P(A \cup A^c) ||| P(A)
E[E[X|Y,Z]|Y] ||| E[X|Z]
""")  # fmt: skip

OPEN = rows(r"""
p(x; \theta) ||| p(x | \theta)
p_X(x) ||| p_Y(x)
p_\theta(x) ||| q_\theta(x)
q(z|x) ||| p(z|x)
\mathbb{E}_q[X] ||| \mathbb{E}_p[X]
\mathbb{E}_q[\mathbb{E}_p[X|Y]] ||| \mathbb{E}_q[X]
p(y) ||| \sum_{k=1}^{K-1} P(Y=k)
E[AX] ||| A E[X]
P(Y|X) ||| P(y|x)
p(x_1, x_2 | y) ||| p(x_1|y) p(x_2|y)
P(Y=1|x) + P(Y=0|x) ||| 1
E[X_1 + X_2] ||| 2E[X_1]
\int_A p(x) dx ||| 1
\int_0^1 p(x) dx ||| 1
\sum_{y \in S} p(y) ||| 1
\sum_{y \ne k} p(y) ||| 1
\mathbb{E}_X[XY] ||| Y\,\mathbb{E}_X[X]
""")  # fmt: skip
"""Pairs that depend on what the text does not say."""


def verdict(left: str, right: str, **options: object) -> Comparison:
    return compare(left, right, isolated=False, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[f"{left} | {right}" for left, right in EQUAL])
def test_laws_of_probability_hold(left: str, right: str) -> None:
    assert verdict(left, right).equal is True
    assert verdict(right, left).equal is True


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=[f"{left} | {right}" for left, right in DIFFERENT])
def test_what_no_law_says_is_refuted_by_a_table(left: str, right: str) -> None:
    for found in (verdict(left, right), verdict(right, left)):
        assert found.evidence == "refuted"
        assert found.counterexample is not None


@pytest.mark.parametrize(("left", "right"), OPEN, ids=[f"{left} | {right}" for left, right in OPEN])
def test_what_depends_on_more_than_the_text_is_undecided(left: str, right: str) -> None:
    assert verdict(left, right).evidence == "undecided"


def test_bayes_rule_is_proved() -> None:
    assert verdict("p(y|x)", r"\frac{p(x|y)p(y)}{\sum_{y'} p(x|y')p(y')}").evidence == "proved"


def test_a_counterexample_is_a_joint_table_and_says_where_independence_helps() -> None:
    found = verdict("p(x,y)", "p(x)p(y)")
    assert "independent" in found.reason
    table = {name: weight for name, weight in found.counterexample["values"].items() if name.startswith("P(")}
    assert len(table) == 4
    assert sum(map(Fraction, table.values())) == 1


def test_declared_independence_is_used() -> None:
    naive = {"name": "naive", "independent": ["x, z | y"]}
    assert verdict("p(x, z|y)", "p(x|y) p(z|y)", notation=naive).evidence == "proved"
    assert verdict("p(x, z)", "p(x) p(z)", notation=naive).evidence == "refuted"
    apart = {"name": "apart", "independent": ["X, Y"]}
    assert verdict("E[XY]", "E[X]E[Y]", notation=apart).evidence == "agrees"
    assert verdict(r"\mathrm{Var}(X-Y)", r"\mathrm{Var}(X) - \mathrm{Var}(Y)", notation=apart).evidence == "refuted"
    assert verdict("p(x,y)", "p(x)p(y)", notation=apart).evidence == "proved"
