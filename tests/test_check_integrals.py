"""Comparing integrals and infinite series: by quadrature that is asked twice, and by partial sums with a bound on the rest."""

from __future__ import annotations

import pytest
from check_tables import rows

from derivations.check.compare import compare

EQUAL = rows(r"""
\int_0^\infty x e^{-x} \, dx ||| 1
\int_0^\infty \lambda e^{-\lambda x} \, dx ||| 1
\int_{-\infty}^\infty e^{-x^2} \, dx ||| \sqrt{\pi}
\int_{-\infty}^{\infty} x \frac{1}{\sqrt{2\pi}\sigma} e^{-\frac{(x-\mu)^2}{2\sigma^2}} \, dx ||| \mu
\int_0^1 \int_0^x y \, dy \, dx ||| \frac{1}{6}
\int_0^1 \frac{1}{\sqrt{x}} \, dx ||| 2
\int_0^1 |x - 1/3| \, dx ||| \frac{5}{18}
\frac{d}{dx} \int_0^x t^2 \, dt ||| x^2
\sum_{n=0}^\infty \frac{x^n}{n!} ||| e^x
\sum_{n=0}^\infty r^n ||| \frac{1}{1-r}
\sum_{k=0}^\infty (k+1) x^k ||| \frac{1}{(1-x)^2}
\sum_{k=0}^\infty k\frac{\lambda^k e^{-\lambda}}{k!} ||| \lambda
\sum_{n=1}^\infty \frac{1}{n^2} ||| \frac{\pi^2}{6}
\sum_{n=1}^\infty \frac{1}{n(n+1)} ||| 1
\sum_{n=1}^\infty \frac{x^n}{n} ||| -\log(1-x)
""")

DIFFERENT = rows(r"""
\int_0^\infty e^{-a x} \, dx ||| a
\int_{-\infty}^\infty e^{-x^2/2} \, dx ||| \sqrt{\pi}
\int_{-\infty}^{\infty} e^{-10000(x-\pi)^2} \, dx ||| 0
\frac{d}{dx} \int_0^x t^2 \, dt ||| \frac{x^3}{3}
\sum_{n=0}^\infty r^n ||| \frac{1}{1+r}
\sum_{n=1}^\infty \frac{x^n}{n!} ||| e^x
\sum_{n=1}^\infty \frac{1}{n^2} ||| 1.6449340668482
\sum_{n=0}^\infty \frac{1}{2^n} ||| 1
\sum_{k=1}^\infty r^{2k} ||| \frac{r}{1-r^2}
\int_0^{\infty} x^2 e^{-x} \, dx ||| 6
""")

WITHOUT_VALUE = rows(r"""
\int_0^1 \frac{1}{x} \, dx ||| 1
\int_{-1}^{1} \frac{1}{x} \, dx ||| 0
\int_0^\infty \frac{1}{1+x} \, dx ||| 100
\sum_{n=1}^\infty \frac{1}{n} ||| 100
\sum_{n=1}^\infty n ||| -\frac{1}{12}
\sum_{n=0}^{\infty} 2^n ||| -1
\sum_{n=1}^{\infty} 1 ||| \sum_{n=1}^{\infty} 2
""")


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[f"{left} | {right}" for left, right in EQUAL])
def test_equal_integrals_and_series_agree(left: str, right: str) -> None:
    assert compare(left, right, isolated=False).equal is True


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=[f"{left} | {right}" for left, right in DIFFERENT])
def test_different_integrals_and_series_are_refuted(left: str, right: str) -> None:
    assert compare(left, right, isolated=False).evidence == "refuted"


@pytest.mark.parametrize(("left", "right"), WITHOUT_VALUE, ids=[f"{left} | {right}" for left, right in WITHOUT_VALUE])
def test_what_diverges_is_undecided(left: str, right: str) -> None:
    assert compare(left, right, isolated=False).evidence == "undecided"
