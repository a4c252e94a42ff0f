r"""Tables of formulas: traps that look equal and are not, and pairs of coursework, each once right and once wrong.

One line an entry, columns parted by |||. Letters mean what they mean in derivations/check/reader/notation/coursework.toml.
"""
# ruff: noqa: E501  (a formula is one line of a table)

from __future__ import annotations


def rows(table: str) -> list[tuple[str, ...]]:
    """The lines of a table as tuples of its columns."""
    return [tuple(column.strip() for column in line.split("|||")) for line in table.strip().splitlines() if line.strip()]


TRAPS = rows(r"""
\sum_{i=1}^N x_i^2 ||| (\sum_{i=1}^N x_i)^2
\sum_{i=1}^N x_i^2 ||| \frac{1}{N} (\sum_{i=1}^N x_i)^2
\sum_i x_i^2 ||| \frac{(\sum_i x_i)^2}{N}
\frac{1}{N}\sum_{i=1}^N x_i^2 ||| (\frac{1}{N}\sum_{i=1}^N x_i)^2
\sum_{i=1}^N x_i y_i ||| (\sum_{i=1}^N x_i)(\sum_{i=1}^N y_i)
\frac{1}{N}\sum_{i=1}^N x_i y_i ||| (\frac{1}{N}\sum_{i=1}^N x_i)(\frac{1}{N}\sum_{i=1}^N y_i)
\prod_{i=1}^N x_i ||| x_i^N
\sum_{i=1}^N x_i ||| N x_i
\sum_{i=1}^N x_i ||| N x_1
\sum_{i=1}^N x_i ||| \sum_{j=1}^N x_i
\sum_{i=1}^N \sum_{j=1}^N x_i x_j ||| \sum_{i=1}^N x_i^2
\sum_{i=1}^N \sum_{j=1}^N x_i y_j ||| N \sum_{i=1}^N x_i y_i
\sum_j a_{ij} b_j ||| \sum_j a_{ji} b_j
\sum_{j=1}^N a_{ij} b_j ||| \sum_{i=1}^N a_{ij} b_j
\sum_{k=1}^N a_{ik} b_{kj} ||| \sum_{k=1}^N b_{ik} a_{kj}
\sum_{k=1}^N a_{ik} b_{kj} ||| \sum_{k=1}^N a_{ki} b_{kj}
a_{ij} ||| a_{ji}
x_i - x_j ||| x_j - x_i
\sum_{i=1}^N |x_i| ||| |\sum_{i=1}^N x_i|
\sum_{i=1}^N \log p_i ||| \log \sum_{i=1}^N p_i
\log \prod_{i=1}^N p_i ||| \prod_{i=1}^N \log p_i
\sum_{i=1}^N e^{x_i} ||| e^{\sum_{i=1}^N x_i}
\prod_{i=1}^N e^{x_i} ||| e^{\prod_{i=1}^N x_i}
\sum_{i=1}^N \frac{1}{x_i} ||| \frac{1}{\sum_{i=1}^N x_i}
\sum_{i=1}^N \frac{x_i}{y_i} ||| \frac{\sum_{i=1}^N x_i}{\sum_{i=1}^N y_i}
\max(x, y) + z ||| \max(x, y + z)
\sum_{i=1}^N (x_i - \mu)^2 ||| \sum_{i=1}^N x_i^2 - N\mu^2
\sum_{i=1}^N (x_i - \mu)^2 ||| \sum_{i=1}^N (x_i^2 - \mu^2)
\sum_{i=1}^N (x_i - \bar{x})(y_i - \bar{y}) ||| \sum_{i=1}^N x_i y_i - \bar{x}\bar{y}
X ||| x
X + x ||| 2x
\mu ||| M
\Sigma ||| \sigma
\mathcal{L} ||| L
\hat{x} ||| x
\bar{x} ||| \hat{x}
x' ||| x
x^* ||| x
x_{\text{new}} ||| x_{\text{old}}
x_1 ||| x_2
x^{(2)} ||| x^2
x^{(1)} + x^{(2)} ||| x + x^2
x_2 ||| x^2
x_i^2 ||| x_{i2}
a_1 a_2 ||| a_{12}
P(y|x) ||| P(x|y)
P(x, y) ||| P(x | y)
p(x; \theta) ||| p(\theta; x)
f(x, y) ||| f(y, x)
f(x) ||| g(x)
f(x) ||| f x
f(x + y) ||| f(x) + f(y)
f(2x) ||| 2f(x)
\sum_{k=1}^K p_k ||| \sum_{k=1}^k p_k
\sum_{i=1}^N x_i ||| \sum_{i=1}^{N-1} x_i
\sum_{i=1}^N x_i ||| \sum_{i=2}^{N} x_i
\sum_{i=0}^{N} x_i ||| \sum_{i=1}^{N} x_i
\sum_{i=1}^N i ||| \frac{N(N-1)}{2}
\sum_{i=1}^N i ||| \frac{N^2}{2}
\sum_{i=1}^N i^2 ||| \frac{N(N+1)(2N+1)}{3}
\sum_{k=0}^{n} a^k ||| \frac{1 - a^n}{1 - a}
\sum_{i=1}^N 1 ||| 1
\sum_{i=1}^N c ||| c
\sum_{j \ne k} \alpha_j ||| \sum_{j=1}^K \alpha_j
\sum_{j \ne k} \alpha_j ||| \sum_{j=1}^{K} \alpha_j - 1
\sum_{j<i} x_j + \sum_{j=1}^N x_j ||| \sum_{j \le i} x_j + \sum_{j=1}^N x_j
\sum_{1 \le i < j \le N} x_i x_j ||| \sum_{i=1}^N \sum_{j=1}^N x_i x_j
\sum_{1 \le i < j \le N} x_i x_j ||| \frac{1}{2} \sum_{i=1}^N \sum_{j=1}^N x_i x_j
\sum_{i=1}^N 1[y_i = k] x_i ||| \sum_{i=1}^N x_i
\sum_{i=1}^N 1[y_i = k] ||| \sum_{i=1}^N 1[y_i \ne k]
\sum_{i=1}^N 1[y_i = k] x_i ||| \sum_{k=1}^K 1[y_i = k] x_i
\sum_{k=1}^K 1[y_i = k] \mu_k ||| \mu_i
1[x > 0] ||| 1[x < 0]
1[x > 0] ||| 1[x \ge 0]
x + 10^{-13} ||| x
x + 10^{-30} ||| x
(1 + 10^{-20}) x ||| x
10^{30} + 1 ||| 10^{30}
10^{16} + x ||| 10^{16}
10^{-20} x ||| 0
1 + e^{-100} ||| 1
x + e^{-80} ||| x
\frac{x}{1 + 10^{-18}} ||| x
0.333333333333 ||| \frac{1}{3}
3.14159265358979 ||| \pi
\frac{22}{7} ||| \pi
2.718281828459045 ||| e^1
1.4142135623730951 ||| \sqrt{2}
e^{\pi \sqrt{163}} ||| 262537412640768744
\log(10^6 + 1) ||| 6 \log 10
\sqrt{10^{20} + 1} ||| 10^{10}
\sum_{i=1}^N x_i + 1 ||| \sum_{i=1}^N (x_i + 1)
\sum_{i=1}^N x_i - \mu ||| \sum_{i=1}^N (x_i - \mu)
\sum_{i=1}^N x_i y_i + z ||| \sum_{i=1}^N (x_i y_i + z)
\prod_{i=1}^N x_i + 1 ||| \prod_{i=1}^N (x_i + 1)
\log x + 1 ||| \log(x + 1)
\log x y ||| y \log x
\log a + b ||| \log(a + b)
\log 2x ||| 2 \log x
\exp x + 1 ||| \exp(x + 1)
-x^2 ||| (-x)^2
2x^2 ||| (2x)^2
a/b + c ||| \frac{a}{b + c}
\frac{a + b}{c} ||| a + \frac{b}{c}
\frac{a}{b + c} ||| \frac{a}{b} + \frac{a}{c}
\sqrt{a + b} ||| \sqrt{a} + \sqrt{b}
a - (b - c) ||| a - b - c
-(a + b) ||| -a + b
x^{a + b} ||| x^a + b
x^{ab} ||| x^a x^b
e^{-x^2} ||| (e^{-x})^2
(a + b)^2 ||| a^2 + b^2
(x + y)^3 ||| x^3 + y^3
\sqrt{x^2} ||| x
\sqrt{x^2} ||| -x
\sqrt{x}^2 + y ||| |x| + y
\log x^2 ||| 2 \log x
\log x^4 ||| 4 \log x
\log(ab) ||| \log a + \log b
\log \frac{a}{b} ||| \log a - \log b
e^{\log x} ||| x
|x| ||| x
|x y| ||| x |y|
|x + y| ||| |x| + |y|
(x^2)^{1/2} ||| x
x^{3/2} ||| |x|^{3/2}
\arcsin(\sin x) ||| x
\sin(\pi x) ||| 0
\sin(6 \pi x) ||| 0
\cos(2 \pi x) ||| 1
\lfloor x \rfloor ||| x
\lfloor x \rfloor + 1 ||| \lceil x \rceil
\lfloor 2x \rfloor ||| 2 \lfloor x \rfloor
\lceil x \rceil ||| \lfloor x + 1/2 \rfloor
x^3 - x ||| 0
x(x-1)(x-2)(x-3)(x+1)(x+2)(x+3) ||| 0
x^2 ||| x
x^3 ||| x
2^x ||| x^2
\max(x, -10) ||| x
\min(x, 100) ||| x
\max(0, x) ||| x
\max(0, x) ||| |x|
\max(x, 1/1000) + y ||| x + y
\max(-1, \min(1, x)) ||| x
\frac{|x|}{x} ||| 1
\frac{x}{x + 10^{-9}} ||| 1
n! ||| n (n - 2)!
\binom{n}{k} ||| \frac{n!}{k!}
\binom{n}{2} ||| \frac{n^2}{2}
(n + 1)! ||| n! + 1
\frac{d}{dx} x^3 ||| 3x^3
\frac{d}{dx} \log x ||| \frac{1}{x^2}
\frac{d}{dx} e^{2x} ||| e^{2x}
\frac{\partial}{\partial \mu} \sum_{i=1}^N (x_i - \mu)^2 ||| 2 \sum_{i=1}^N (x_i - \mu)
\frac{\partial}{\partial \mu} \sum_{i=1}^N (x_i - \mu)^2 ||| -2 (x_i - \mu)
\frac{\partial}{\partial x_j} \sum_{i=1}^N x_i^2 ||| \sum_{i=1}^N 2x_i
\frac{\partial}{\partial x_j} \sum_{i=1}^N x_i^2 ||| 2x_i
\int_0^1 x^2 \, dx ||| \frac{1}{2}
\int_0^1 x \, dx ||| \int_0^2 x \, dx
(AB)^\top ||| A^\top B^\top
\mathrm{tr}(ABC) ||| \mathrm{tr}(ACB)
\mathbf{A}\mathbf{B} ||| \mathbf{B}\mathbf{A}
(AB)^{-1} + (AB)^\top - (AB)^\top ||| A^{-1} B^{-1} + (AB)^\top - (AB)^\top
x^\top A y ||| y^\top A x
\|x + y\|^2 ||| \|x\|^2 + \|y\|^2
\|x\|_1 ||| \|x\|_2
\det(2A^\top) ||| 2 \det(A)
x^2 = 4 ||| x = 2
x^2 = x ||| x = 1
x y = x ||| y = 1
x = 1 ||| x = -1
x^3 = x ||| x^2 = 1
\log x^2 = 0 ||| \log x = 0
\frac{1}{x} = 0 ||| x = 0
\sqrt{x} = -1 ||| x = 1
x < 1 ||| x \le 1
\sum_{i=1}^N i ||| \frac{N(N+1)}{2} + (N-1)(N-2)(N-3)(N-4)
2^n ||| \sum_{j=0}^{6} \binom{n}{j}
n! ||| n!(1 + n(n-1)(n-2)(n-3)(n-4)(n-5)(n-6))
x = 1 \text{ if } y > 0 ||| x = 1 \text{ and } y > 0
x = 1 \text{ if } y > 0 ||| x = 1 \text{ if } y < 0
\mathbb{E}_q[x] ||| \mathbb{E}_p[x]
\max_x f(x) ||| \max_y f(x)
\nabla_x f ||| \nabla_y f
\nabla^2 f ||| \nabla f
P(A \text{ or } B) ||| P(A \text{ and } B)
\sum_{z \in A} f(z) ||| \sum_{z \in B} f(z)
\int f(x) dx ||| \int f(y) dx
x_1 + \dots + x_n ||| x_1 + \dots + x_m
a \cup b ||| a \cap b
\operatorname{foo} x ||| \operatorname{bar} x
\operatorname{gamma}(x + 1) ||| \operatorname{gamma}(x)
\sum_{i_1=1}^N 1 ||| \sum_{i_1=1}^M 1
-x < 1 ||| x < -1
x^2 < 1 ||| x < 1
x > 0 ||| x > 10^{-9}
""")  # fmt: skip
"""Pairs that must never be called equal."""

PAIRS = rows(r"""
\prod_{i=1}^N \theta^{x_i} (1-\theta)^{1-x_i} ||| \theta^{\sum_{i=1}^N x_i} (1-\theta)^{N - \sum_{i=1}^N x_i} ||| \theta^{\sum_{i=1}^N x_i} (1-\theta)^{1 - \sum_{i=1}^N x_i}
\log \prod_{i=1}^N \theta^{x_i} (1-\theta)^{1-x_i} ||| \sum_{i=1}^N x_i \log\theta + \sum_{i=1}^N (1-x_i) \log(1-\theta) ||| \sum_{i=1}^N x_i \log\theta + \sum_{i=1}^N x_i \log(1-\theta)
\log(\theta^k (1-\theta)^{n-k}) ||| k \log\theta + (n-k)\log(1-\theta) ||| k \log\theta + (n-k)\log\theta
\frac{\partial}{\partial\theta} (k \log\theta + (n-k) \log(1-\theta)) ||| \frac{k}{\theta} - \frac{n-k}{1-\theta} ||| \frac{k}{\theta} + \frac{n-k}{1-\theta}
\frac{k}{\theta} - \frac{n-k}{1-\theta} ||| \frac{k - n\theta}{\theta(1-\theta)} ||| \frac{k - n}{\theta(1-\theta)}
\frac{k}{\theta} - \frac{n-k}{1-\theta} = 0 ||| \theta = \frac{k}{n} ||| \theta = \frac{n}{k}
\prod_{i=1}^N \lambda e^{-\lambda x_i} ||| \lambda^N e^{-\lambda \sum_{i=1}^N x_i} ||| \lambda e^{-\lambda \sum_{i=1}^N x_i}
\log \prod_{i=1}^N \lambda e^{-\lambda x_i} ||| N \log\lambda - \lambda \sum_{i=1}^N x_i ||| \log\lambda - \lambda \sum_{i=1}^N x_i
\frac{\partial}{\partial\lambda} (N \log\lambda - \lambda \sum_{i=1}^N x_i) ||| \frac{N}{\lambda} - \sum_{i=1}^N x_i ||| \frac{1}{\lambda} - \sum_{i=1}^N x_i
\frac{N}{\lambda} - \sum_{i=1}^N x_i = 0 ||| \lambda \sum_{i=1}^N x_i = N ||| \lambda N = \sum_{i=1}^N x_i
\log \frac{\lambda^x e^{-\lambda}}{x!} ||| x \log\lambda - \lambda - \log(x!) ||| x \log\lambda - \lambda - x!
\sum_{i=1}^N \log(\lambda^{x_i} e^{-\lambda}) ||| \log\lambda \sum_{i=1}^N x_i - N\lambda ||| \log\lambda \sum_{i=1}^N x_i - \lambda
\frac{\partial}{\partial\lambda} (s \log\lambda - N\lambda) ||| \frac{s}{\lambda} - N ||| \frac{s}{\lambda} - \lambda
\log\left( \frac{1}{\sqrt{2\pi\sigma^2}} e^{-\frac{(x-\mu)^2}{2\sigma^2}} \right) ||| -\frac{1}{2}\log(2\pi\sigma^2) - \frac{(x-\mu)^2}{2\sigma^2} ||| -\log(2\pi\sigma^2) - \frac{(x-\mu)^2}{2\sigma^2}
\log \prod_{i=1}^N \frac{1}{\sqrt{2\pi}\sigma} \exp\left(-\frac{(x_i-\mu)^2}{2\sigma^2}\right) ||| -\frac{N}{2} \log(2\pi) - N\log\sigma - \frac{1}{2\sigma^2}\sum_{i=1}^N (x_i-\mu)^2 ||| -\frac{N}{2} \log(2\pi) - \log\sigma - \frac{1}{2\sigma^2}\sum_{i=1}^N (x_i-\mu)^2
\frac{\partial}{\partial\mu} \left(-\frac{1}{2\sigma^2} \sum_{i=1}^N (x_i-\mu)^2\right) ||| \frac{1}{\sigma^2} \sum_{i=1}^N (x_i - \mu) ||| -\frac{1}{\sigma^2} \sum_{i=1}^N (x_i - \mu)
\sum_{i=1}^N (x_i - \mu) ||| \sum_{i=1}^N x_i - N\mu ||| \sum_{i=1}^N x_i - \mu
\sum_{i=1}^N (x_i - \mu) = 0 ||| \mu = \frac{1}{N} \sum_{i=1}^N x_i ||| \mu = \sum_{i=1}^N x_i
\frac{\partial}{\partial\sigma} \left(-N\log\sigma - \frac{1}{2\sigma^2} s\right) ||| -\frac{N}{\sigma} + \frac{s}{\sigma^3} ||| -\frac{N}{\sigma} - \frac{s}{\sigma^3}
-\frac{N}{\sigma} + \frac{s}{\sigma^3} = 0 ||| \sigma^2 = \frac{s}{N} ||| \sigma = \frac{s}{N}
\sum_{i=1}^N (x_i - \bar{x})^2 ||| \sum_{i=1}^N x_i^2 - 2\bar{x}\sum_{i=1}^N x_i + N\bar{x}^2 ||| \sum_{i=1}^N x_i^2 - 2\bar{x}\sum_{i=1}^N x_i + \bar{x}^2
\sum_{i=1}^N (x_i - \frac{1}{N}\sum_{j=1}^N x_j)^2 ||| \sum_{i=1}^N x_i^2 - \frac{1}{N}(\sum_{i=1}^N x_i)^2 ||| \sum_{i=1}^N x_i^2 - (\sum_{i=1}^N x_i)^2
\sum_{i=1}^N (x_i - \frac{1}{N}\sum_{j=1}^N x_j) ||| 0 ||| 1
\frac{1}{N^2}\sum_{i=1}^N\sum_{j=1}^N (x_i - x_j)^2 ||| \frac{2}{N}\sum_{i=1}^N x_i^2 - \frac{2}{N^2}(\sum_{i=1}^N x_i)^2 ||| \frac{2}{N}\sum_{i=1}^N x_i^2
\sum_{i=1}^N \sum_{j=1}^M x_i y_j ||| (\sum_{i=1}^N x_i)(\sum_{j=1}^M y_j) ||| \sum_{i=1}^N x_i + \sum_{j=1}^M y_j
\sum_{i=1}^N \sum_{j=1}^M a_{ij} ||| \sum_{j=1}^M \sum_{i=1}^N a_{ij} ||| \sum_{i=1}^M \sum_{j=1}^N a_{ij}
\sum_{i=1}^N (a x_i + b) ||| a\sum_{i=1}^N x_i + N b ||| a\sum_{i=1}^N x_i + b
\sum_{i=1}^N c ||| N c ||| c^N
\prod_{i=1}^N c ||| c^N ||| N c
\prod_{i=1}^N a x_i ||| a^N \prod_{i=1}^N x_i ||| a \prod_{i=1}^N x_i
\prod_{i=1}^N e^{x_i} ||| e^{\sum_{i=1}^N x_i} ||| \sum_{i=1}^N e^{x_i}
\sum_{i=1}^N i ||| \frac{N(N+1)}{2} ||| \frac{N(N-1)}{2}
\sum_{i=1}^N i^2 ||| \frac{N(N+1)(2N+1)}{6} ||| \frac{N(N+1)(2N+1)}{3}
\sum_{k=0}^{3} a^k ||| 1 + a + a^2 + a^3 ||| a + a^2 + a^3
\sum_{j \ne k} \alpha_j + \alpha_k ||| \sum_{j=1}^K \alpha_j ||| \sum_{j=1}^K \alpha_j + \alpha_k
\sum_{i=1}^N \sum_{j < i} x_j + \sum_{j=1}^N x_j ||| \sum_{j=1}^N (N - j + 1) x_j ||| \sum_{j=1}^N (N - j) x_j
\sum_{1 \le i < j \le N} 2 x_i x_j ||| (\sum_{i=1}^N x_i)^2 - \sum_{i=1}^N x_i^2 ||| (\sum_{i=1}^N x_i)^2
\sum_{k=1}^K \sum_{i=1}^N 1[y_i = k] x_i ||| \sum_{i=1}^N x_i ||| K \sum_{i=1}^N x_i
\sum_{k=1}^K 1[y_i = k] ||| 1 ||| K
\sum_{k=1}^K 1[y_i = k] \log \alpha_k ||| \log \alpha_{y_i} ||| \log \alpha_k
\sum_{i=1}^N \log \alpha_{y_i} ||| \sum_{k=1}^K \sum_{i=1}^N 1[y_i = k] \log \alpha_k ||| \sum_{k=1}^K \log \alpha_k
\prod_{k=1}^K \alpha_k^{1[y_i = k]} ||| \alpha_{y_i} ||| \alpha_k
\log \prod_{k=1}^K \alpha_k^{1[y_i = k]} ||| \sum_{k=1}^K 1[y_i = k] \log \alpha_k ||| \sum_{k=1}^K \log \alpha_k
\mathbb{1}\{y_i = k\} x_i + \mathbb{1}\{y_i \ne k\} x_i ||| x_i ||| 2 x_i
1[y_i = k]^2 ||| 1[y_i = k] ||| 2 \cdot 1[y_i = k]
1[y_i = k] \mu_{y_i} ||| 1[y_i = k] \mu_k ||| \mu_k
\frac{\partial}{\partial\mu_k} \sum_{i=1}^N (x_i - \mu_{y_i})^2 ||| -2\sum_{i=1}^N 1[y_i=k] (x_i - \mu_k) ||| -2\sum_{i=1}^N (x_i - \mu_k)
\frac{\partial}{\partial\alpha_k} \sum_{i=1}^N \log\alpha_{y_i} ||| \frac{1}{\alpha_k}\sum_{i=1}^N 1[y_i=k] ||| \frac{N}{\alpha_k}
\frac{\partial}{\partial x_j} \sum_{i=1}^N x_i^2 ||| 2 x_j ||| 2 \sum_{i=1}^N x_i
\frac{\partial}{\partial x_j} \sum_{i=1}^N a_i x_i ||| a_j ||| \sum_{i=1}^N a_i
\frac{\partial}{\partial x_k} \sum_{i=1}^N \sum_{j=1}^N x_i x_j ||| 2 \sum_{i=1}^N x_i ||| \sum_{i=1}^N x_i
\frac{\partial}{\partial w_j} \sum_{i=1}^N (y_i - \sum_{d=1}^D w_d x_{id})^2 ||| -2\sum_{i=1}^N (y_i - \sum_{d=1}^D w_d x_{id}) x_{ij} ||| 2\sum_{i=1}^N (y_i - \sum_{d=1}^D w_d x_{id}) x_{ij}
\frac{\partial}{\partial w} \sum_{i=1}^N (y_i - w x_i)^2 ||| -2\sum_{i=1}^N x_i (y_i - w x_i) ||| -2\sum_{i=1}^N (y_i - w x_i)
\frac{\partial}{\partial b} \frac{1}{N}\sum_{i=1}^N (y_i - w x_i - b)^2 ||| -\frac{2}{N}\sum_{i=1}^N (y_i - w x_i - b) ||| -\frac{2}{N}\sum_{i=1}^N x_i (y_i - w x_i - b)
\sum_{i=1}^N x_i (y_i - w x_i) = 0 ||| w \sum_{i=1}^N x_i^2 = \sum_{i=1}^N x_i y_i ||| w \sum_{i=1}^N x_i = \sum_{i=1}^N y_i
\frac{\partial}{\partial w} \left(\sum_{i=1}^N (y_i - w x_i)^2 + \lambda w^2\right) ||| -2\sum_{i=1}^N x_i (y_i - w x_i) + 2\lambda w ||| -2\sum_{i=1}^N x_i (y_i - w x_i) + \lambda w
\frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} ||| \frac{1}{\sum_{j=1}^K e^{z_j - z_k}} ||| \frac{1}{\sum_{j=1}^K e^{z_k - z_j}}
\frac{e^{z_k + c}}{\sum_{j=1}^K e^{z_j + c}} ||| \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} ||| \frac{e^{z_k + c}}{\sum_{j=1}^K e^{z_j}}
\sum_{k=1}^K \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} ||| 1 ||| K
\log \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} ||| z_k - \log \sum_{j=1}^K e^{z_j} ||| z_k - \sum_{j=1}^K z_j
\frac{\partial}{\partial z_k} \log \sum_{j=1}^K e^{z_j} ||| \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} ||| \frac{1}{\sum_{j=1}^K e^{z_j}}
\frac{\partial}{\partial z_k} (z_m - \log \sum_{j=1}^K e^{z_j}) ||| 1[m = k] - \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} ||| 1 - \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}
\log\left(e^a + e^b\right) ||| a + \log(1 + e^{b - a}) ||| a + \log(1 + e^{a - b})
\frac{e^a}{e^a + e^b} ||| \frac{1}{1 + e^{b - a}} ||| \frac{1}{1 + e^{a - b}}
\frac{1}{1 + e^{-z}} ||| \frac{e^z}{1 + e^z} ||| \frac{e^{-z}}{1 + e^{-z}}
1 - \frac{1}{1 + e^{-z}} ||| \frac{1}{1 + e^z} ||| \frac{1}{1 + e^{-z}}
\sigma(-z) ||| 1 - \sigma(z) ||| -\sigma(z)
\frac{d}{dz} \sigma(z) ||| \sigma(z)(1 - \sigma(z)) ||| \sigma(z)(1 + \sigma(z))
\frac{d}{dz} \log \sigma(z) ||| 1 - \sigma(z) ||| \sigma(z)
\log \frac{\sigma(z)}{1 - \sigma(z)} ||| z ||| -z
-\log \sigma(z) ||| \log(1 + e^{-z}) ||| \log(1 + e^z)
-y\log\sigma(z) - (1-y)\log(1-\sigma(z)) ||| \log(1 + e^z) - y z ||| \log(1 + e^z) + y z
\frac{d}{dz}\left(-y\log\sigma(z) - (1-y)\log(1-\sigma(z))\right) ||| \sigma(z) - y ||| y - \sigma(z)
\frac{d}{dz} \tanh z ||| 1 - (\tanh z)^2 ||| 1 + (\tanh z)^2
\tanh z ||| 2\sigma(2z) - 1 ||| 2\sigma(z) - 1
\tanh z ||| \frac{e^z - e^{-z}}{e^z + e^{-z}} ||| \frac{e^z + e^{-z}}{e^z - e^{-z}}
\frac{d}{dz} \log(1 + e^z) ||| \sigma(z) ||| 1 - \sigma(z)
-\sum_{k=1}^K p_k \log \frac{p_k}{q_k} ||| \sum_{k=1}^K p_k \log q_k - \sum_{k=1}^K p_k \log p_k ||| \sum_{k=1}^K p_k \log p_k - \sum_{k=1}^K p_k \log q_k
\sum_{k=1}^K p_k \log \frac{p_k}{q_k} ||| -\sum_{k=1}^K p_k \log \frac{q_k}{p_k} ||| \sum_{k=1}^K q_k \log \frac{p_k}{q_k}
-\sum_{k=1}^K p_k \log_2 p_k ||| -\frac{1}{\log 2} \sum_{k=1}^K p_k \log p_k ||| -\log 2 \sum_{k=1}^K p_k \log p_k
-\sum_{k=1}^K \frac{1}{K} \log \frac{1}{K} ||| \log K ||| K \log K
\frac{\partial}{\partial p} \left(-p\log p - (1-p)\log(1-p)\right) ||| \log\frac{1-p}{p} ||| \log\frac{p}{1-p}
\frac{\partial}{\partial \hat{y}} \left(-y \log \hat{y} - (1-y)\log(1-\hat{y})\right) ||| \frac{\hat{y} - y}{\hat{y}(1-\hat{y})} ||| \frac{y - \hat{y}}{\hat{y}(1-\hat{y})}
\|Xw - y\|^2 ||| w^\top X^\top X w - 2 y^\top X w + y^\top y ||| w^\top X^\top X w - y^\top X w + y^\top y
(y - Xw)^\top (y - Xw) ||| \|y - Xw\|_2^2 ||| \|y\|_2^2 - \|Xw\|_2^2
(X^\top X + \lambda I)^{-1} X^\top y ||| X^\top (X X^\top + \lambda I)^{-1} y ||| X^\top (X X^\top)^{-1} y
(AB)^\top ||| B^\top A^\top ||| A^\top B^\top
(ABC)^\top ||| C^\top B^\top A^\top ||| B^\top A^\top C^\top
(A^\top)^{-1} ||| (A^{-1})^\top ||| A^\top
(A^\top A)^\top ||| A^\top A ||| A A^\top
\mathrm{tr}(AB) ||| \mathrm{tr}(BA) ||| \mathrm{tr}(A)\mathrm{tr}(B)
\mathrm{tr}(ABC) ||| \mathrm{tr}(CAB) ||| \mathrm{tr}(CBA)
x^\top A x ||| \mathrm{tr}(A x x^\top) ||| \mathrm{tr}(A) x^\top x
x^\top A y ||| y^\top A^\top x ||| y^\top A x
\|x\|_2^2 ||| x^\top x ||| \|x\|_2
\|x + y\|^2 ||| \|x\|^2 + 2 x^\top y + \|y\|^2 ||| \|x\|^2 + x^\top y + \|y\|^2
\|x + y\|^2 + \|x - y\|^2 ||| 2\|x\|^2 + 2\|y\|^2 ||| \|x\|^2 + \|y\|^2
\det(A^\top) ||| \det(A) ||| -\det(A)
\det(AB) ||| \det(A)\det(B) ||| \det(A) + \det(B)
(\mathbf{A} + \mathbf{B})(\mathbf{A} - \mathbf{B}) ||| \mathbf{A}^2 - \mathbf{A}\mathbf{B} + \mathbf{B}\mathbf{A} - \mathbf{B}^2 ||| \mathbf{A}^2 - \mathbf{B}^2
x^\top x - 2 x^\top U U^\top x + x^\top U U^\top U U^\top x ||| \|x - U U^\top x\|^2 ||| \|x\|^2 - \|U^\top x\|^2
\frac{1}{N} X^\top X v = \lambda v ||| \frac{1}{N} X^\top X v = \lambda v ||| \frac{1}{N} X^\top X v = 2 \lambda v
\begin{pmatrix} a & b \\ c & d \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix} ||| \begin{pmatrix} ax + by \\ cx + dy \end{pmatrix} ||| \begin{pmatrix} ax + cy \\ bx + dy \end{pmatrix}
\begin{vmatrix} a & b \\ c & d \end{vmatrix} ||| ad - bc ||| ad + bc
\frac{N_k}{\alpha_k} - \lambda = 0 ||| \alpha_k = \frac{N_k}{\lambda} ||| \alpha_k = \lambda N_k
\frac{\partial}{\partial\alpha_k} \left(\sum_{j=1}^K N_j \log\alpha_j - \lambda (\sum_{j=1}^K \alpha_j - 1)\right) ||| \frac{N_k}{\alpha_k} - \lambda ||| \frac{N_k}{\alpha_k} - \lambda \alpha_k
\frac{\partial}{\partial\lambda} \left(f - \lambda (\sum_{j=1}^K \alpha_j - 1)\right) ||| 1 - \sum_{j=1}^K \alpha_j ||| \sum_{j=1}^K \alpha_j - 1
\sum_{k=1}^K \frac{N_k}{\lambda} = 1 ||| \lambda = \sum_{k=1}^K N_k ||| \lambda = 1
\frac{1}{2} w^2 - a (w - 1) ||| \frac{1}{2} (w - a)^2 - \frac{1}{2}a^2 + a ||| \frac{1}{2} (w - a)^2 - \frac{1}{2}a^2
\frac{\partial}{\partial x} (x^2 + y^2 - \lambda(x + y - 1)) = 0 ||| x = \frac{\lambda}{2} ||| x = \lambda
x^2 - 5x + 6 = 0 ||| (x-2)(x-3) = 0 ||| (x+2)(x+3) = 0
2x + 3 = 7 ||| x = 2 ||| x = 5
3(x - 1) = 2x + 5 ||| x = 8 ||| x = 6
\frac{1}{x} = 2 ||| x = \frac{1}{2} ||| x = 2
a x = b + a ||| a (x - 1) = b ||| a x = b
e^{2x} = 3 ||| x = \frac{1}{2} \log 3 ||| x = \log 3
\log p = -1 ||| p = e^{-1} ||| p = e
x^2 = 9 ||| |x| = 3 ||| x = 3
\sqrt{x} = 3 ||| x = 9 ||| x = \sqrt{3}
\frac{p}{1-p} = e^z ||| p = \frac{1}{1 + e^{-z}} ||| p = \frac{1}{1 + e^{z}}
2x < 6 ||| x < 3 ||| x < 4
-2x < 6 ||| x > -3 ||| x < -3
x^2 < 4 ||| |x| < 2 ||| x < 2
1 - x \ge 0 ||| x \le 1 ||| x \ge 1
y(wx + b) \ge 1 ||| 1 - y(wx + b) \le 0 ||| 1 - y(wx + b) \ge 0
\max(0, 1 - z) ||| -\min(0, z - 1) ||| \max(0, z - 1)
\max(a, b) ||| \frac{a + b + |a - b|}{2} ||| \frac{a + b - |a - b|}{2}
\min(a, b) ||| a + b - \max(a, b) ||| \max(a, b) - a - b
|x|^2 ||| x^2 ||| |x|
\max(0, x) - \max(0, -x) ||| x ||| |x|
[z]_+ ||| \frac{z + |z|}{2} ||| \frac{z - |z|}{2}
\theta - \alpha g + \beta (\theta - \phi) ||| (1 + \beta)\theta - \beta\phi - \alpha g ||| (1 + \beta)\theta + \beta\phi - \alpha g
v_{k+1} = g_k + \beta v_k ||| g_k = v_{k+1} - \beta v_k ||| g_k = v_{k+1} + \beta v_k
\theta_{k+1} = \theta_k - \alpha v_{k+1} ||| v_{k+1} = \frac{\theta_k - \theta_{k+1}}{\alpha} ||| v_{k+1} = \frac{\theta_{k+1} - \theta_k}{\alpha}
\beta m + (1 - \beta) g ||| m + (1 - \beta)(g - m) ||| m + \beta (g - m)
\frac{m}{1 - \beta} - m ||| \frac{\beta m}{1 - \beta} ||| \frac{m}{\beta}
(1 - \eta\lambda) w - \eta g ||| w - \eta (g + \lambda w) ||| w - \eta (g - \lambda w)
\sum_{k=0}^{n} r^k (1 - r) ||| 1 - r^{n+1} ||| 1 - r^n
F^2 C M + M ||| M (F^2 C + 1) ||| M (F^2 C + M)
\frac{W - F + 2P}{S} + 1 ||| \frac{W - F + 2P + S}{S} ||| \frac{W - F + 2P + 1}{S}
55 \cdot 55 \cdot 96 ||| 290400 ||| 290900
11 \times 11 \times 3 \times 96 ||| 34848 ||| 34848 + 96
6 \cdot 6 \cdot 256 \cdot 4096 ||| 37748736 ||| 177209344
(k n + k^2 + k) + (m k + m) ||| k (n + k + m + 1) + m ||| k (n + k + m) + m
\frac{(W - f)^2 f^2}{s^2} ||| \left(\frac{f (W - f)}{s}\right)^2 ||| \frac{f (W - f)^2}{s^2}
\frac{d}{df} \left( f^2 (W - f)^2 \right) ||| 2 f (W - f) (W - 2f) ||| 2 f (W - f) (W + 2f)
\frac{N!}{k! (N-k)!} ||| \binom{N}{k} ||| \frac{N!}{k!}
\binom{n}{k} ||| \binom{n}{n-k} ||| \binom{n-1}{k}
n! ||| n \cdot (n-1)! ||| (n - 1) \cdot (n-1)!
(a + b)^2 ||| a^2 + 2ab + b^2 ||| a^2 + ab + b^2
(a - b)(a + b) ||| a^2 - b^2 ||| a^2 + b^2
(a + b)^3 ||| a^3 + 3a^2 b + 3 a b^2 + b^3 ||| a^3 + 3a^2 b + b^3
\frac{a^2 - b^2}{a - b} ||| a + b ||| a - b
\frac{1}{a} + \frac{1}{b} ||| \frac{a + b}{ab} ||| \frac{2}{a + b}
\frac{1}{1 + \frac{1}{x}} ||| \frac{x}{x + 1} ||| \frac{x + 1}{x}
\frac{a/b}{c/d} ||| \frac{ad}{bc} ||| \frac{ac}{bd}
x^2 + 6x ||| (x + 3)^2 - 9 ||| (x + 3)^2
-\frac{1}{2}(x^2 - 2 \mu x) ||| -\frac{1}{2}(x - \mu)^2 + \frac{1}{2}\mu^2 ||| -\frac{1}{2}(x - \mu)^2 - \frac{1}{2}\mu^2
e^{a + b} ||| e^a e^b ||| e^a + e^b
e^{2a} ||| (e^a)^2 ||| e^{a^2}
\log e^{x} ||| x ||| e
\log \sqrt{\sigma} ||| \frac{1}{2}\log\sigma ||| \sqrt{\log\sigma}
\log(\sigma \tau) ||| \log\sigma + \log\tau ||| \log\sigma \log\tau
\log \frac{1}{\sigma} ||| -\log\sigma ||| \log\sigma
\sqrt{\sigma^2 \tau^2} ||| \sigma\tau ||| \sigma + \tau
\frac{d}{dx} x^n ||| n x^{n-1} ||| n x^n
\frac{d}{dx} e^{-x^2/2} ||| -x e^{-x^2/2} ||| x e^{-x^2/2}
\frac{d}{dx} (x \log(1 + x^2)) ||| \log(1 + x^2) + \frac{2x^2}{1 + x^2} ||| \log(1 + x^2) + \frac{2x}{1 + x^2}
\frac{d}{dx} \frac{x}{1 + x^2} ||| \frac{1 - x^2}{(1 + x^2)^2} ||| \frac{1 + x^2}{(1 + x^2)^2}
\frac{d}{dx} \sin(x)\cos(x) ||| \cos(2x) ||| \sin(2x)
\frac{d^2}{dx^2} x^3 ||| 6x ||| 3x^2
\frac{\partial^2}{\partial x \partial y} x^2 y^3 ||| 6 x y^2 ||| 6 x^2 y
(\sin x)^2 + (\cos x)^2 ||| 1 ||| 2
\sin(2x) ||| 2 \sin(x) \cos(x) ||| \sin(x) \cos(x)
\int_0^1 x^2 \, dx ||| \frac{1}{3} ||| \frac{1}{2}
\int_0^1 e^x \, dx ||| e^1 - 1 ||| e^1
\int_0^a x \, dx ||| \frac{a^2}{2} ||| a^2
\int_1^2 \frac{1}{x} \, dx ||| \log 2 ||| \frac{1}{2}
\frac{1}{N}\sum_{i=1}^N (y_i - \hat{y}_i)^2 ||| \frac{1}{N}\sum_{i=1}^N y_i^2 - \frac{2}{N}\sum_{i=1}^N y_i \hat{y}_i + \frac{1}{N}\sum_{i=1}^N \hat{y}_i^2 ||| \frac{1}{N}\sum_{i=1}^N y_i^2 - \frac{1}{N}\sum_{i=1}^N \hat{y}_i^2
\sum_{i=1}^N \sum_{k=1}^K r_{ik} (x_i - \mu_k)^2 ||| \sum_{k=1}^K \sum_{i=1}^N r_{ik} (x_i^2 - 2 x_i \mu_k + \mu_k^2) ||| \sum_{k=1}^K \sum_{i=1}^N r_{ik} (x_i^2 + \mu_k^2)
\frac{\partial}{\partial\mu_k} \sum_{i=1}^N \sum_{j=1}^K r_{ij} (x_i - \mu_j)^2 ||| -2 \sum_{i=1}^N r_{ik} (x_i - \mu_k) ||| -2 \sum_{i=1}^N \sum_{j=1}^K r_{ij} (x_i - \mu_j)
\sum_{i=1}^N r_{ik} (x_i - \mu_k) = 0 ||| \mu_k \sum_{i=1}^N r_{ik} = \sum_{i=1}^N r_{ik} x_i ||| \mu_k = \sum_{i=1}^N r_{ik} x_i
\frac{\pi_k p_k}{\sum_{j=1}^K \pi_j p_j} ||| \frac{1}{1 + \sum_{j \ne k} \frac{\pi_j p_j}{\pi_k p_k}} ||| \frac{1}{\sum_{j \ne k} \frac{\pi_j p_j}{\pi_k p_k}}
\sum_{k=1}^K \frac{\pi_k p_k}{\sum_{j=1}^K \pi_j p_j} ||| 1 ||| \sum_{k=1}^K \pi_k
\frac{\alpha p}{\alpha p + (1 - \alpha) q} ||| \frac{1}{1 + \frac{(1-\alpha) q}{\alpha p}} ||| \frac{1}{1 + \frac{\alpha q}{(1-\alpha) p}}
p^2 + 2p(1-p) + (1-p)^2 ||| 1 ||| 2
\sum_{x=0}^{1} x p^x (1-p)^{1-x} ||| p ||| 1 - p
\sum_{x=0}^{1} (x - p)^2 p^x (1-p)^{1-x} ||| p (1 - p) ||| p^2
""")  # fmt: skip
"""(given, right, wrong): the second is equal to the first, the third is not."""
