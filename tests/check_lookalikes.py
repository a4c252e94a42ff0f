r"""More pairs that look alike: some differ in what is easily overlooked, some are equal and look different.

One line an entry, columns parted by |||, as in check_tables.
"""
# ruff: noqa: E501  (a formula is one line of a table)

from __future__ import annotations

from check_tables import rows

DIFFERENT = rows(r"""
0.1 + 0.2 ||| 0.30000000000000004
\frac{355}{113} ||| \pi
\sqrt{2} + \sqrt{3} ||| 3.146264369941972
\sqrt{2} + \sqrt{3} ||| \pi
e^{\pi} - \pi ||| 20
\log 2 ||| 0.6931471805599453
\frac{1}{3} x ||| 0.3333333333333333 x
1.0000000001^n ||| 1
(1 + \frac{1}{10^{9}})^{n} ||| 1
\sqrt{x^2 + 10^{-24}} ||| |x|
\tanh(50) ||| 1
\sigma(100) ||| 1
\frac{1}{1+e^{-800}} ||| 1
e^{-1000} ||| 0
\cos(10^{-20}) ||| 1
\sin(10^{-15}) ||| 10^{-15}
\log(1 + 10^{-25}) ||| 10^{-25}
x + \frac{1}{100!} ||| x
\left(1+\frac1n\right)^n ||| e
\frac{10^{40}+1}{10^{40}} ||| 1
\operatorname{gamma}(\frac{1}{2}) ||| 1.77245385090552
\frac{1}{N}\sum_{i=1}^N x_i ||| x_i
\sum_i x_i \sum_j y_j ||| \sum_i x_i y_i
\sum_i x_i^{(j)} ||| \sum_j x_i^{(j)}
x^{(i)}_j ||| x^{(j)}_i
w_{ij} x_j ||| w_{ji} x_j
\sum_{i}\sum_{j} w_{ij} x_i y_j ||| \sum_{i}\sum_{j} w_{ij} x_j y_i
\sum_{i,j} a_{ij} ||| \sum_{i} a_{ii}
\sum_{i,j} a_{ij} b_{ij} ||| \sum_{i,j} a_{ij} b_{ji}
\sum_{i,j} a_{ij} b_{ji} ||| \sum_{i} a_{ii} b_{ii}
\prod_{i=1}^N \prod_{j=1}^M a_{ij} ||| \prod_{i=1}^N a_{ij}^M
\prod_{i=1}^N (x_i y_i) ||| \left(\prod_{i=1}^N x_i\right) \sum_{i=1}^N y_i
\prod_{i=1}^N 2 x_i ||| 2 \prod_{i=1}^N x_i
\prod_i p^{x_i} ||| p^{\prod_i x_i}
\sum_{i=1}^N \sum_{j=1}^N x_i y_j ||| \sum_{i=1}^N x_i y_i
\mu_{y_i} ||| \mu_{y_j}
\mu_{y_i} ||| \mu_i
\sum_i \mu_{y_i} ||| \sum_k \mu_k
\sum_{i=1}^N \mu_{y_i} ||| N \sum_{k=1}^K \mu_k
\sum_{i:y_i=k} x_i ||| \sum_{i=1}^N x_i
\sum_{i:y_i=k} x_i ||| \sum_{i:y_i \ne k} x_i
\sum_{i: y_i=k} (x_i - \mu_k) ||| \sum_{i=1}^N (x_i - \mu_{y_i})
\frac{\sum_{i=1}^N 1[y_i=k] x_i}{\sum_{i=1}^N 1[y_i=k]} ||| \frac{1}{N}\sum_{i=1}^N 1[y_i=k] x_i
\sum_{i=1}^N 1[y_i=k]1[y_i=j] ||| \sum_{i=1}^N 1[y_i=k]
\delta_{ij} ||| \delta_{ik}
\delta_{ij} x_i ||| x_j
\sum_i \delta_{ij} x_i ||| x_i
\delta_{ij}\delta_{jk} ||| \delta_{ik}
\sum_{i=1}^N \left(x_i \sum_{i=1}^N y_i\right) ||| \sum_{i=1}^N x_i y_i
\sum_{i=1}^N \left(x_i - \frac1N \sum_{i=1}^N x_i\right)^2 ||| \sum_{i=1}^N \left(x_i - \frac1N x_i\right)^2
x_i \sum_{i=1}^N x_i ||| \sum_{i=1}^N x_i^2
\prod_{i=1}^N \left(x_i + \sum_{i=1}^N x_i\right) ||| \prod_{i=1}^N 2 x_i
\sum_{i=1}^N i \sum_{i=1}^N i ||| \sum_{i=1}^N i^2
\sum_{i=1}^{N} x_{i+1} ||| \sum_{i=1}^{N} x_i
\sum_{i=0}^{N-1} x_{i+1} ||| \sum_{i=0}^{N} x_{i+1}
\sum_{i=1}^{N} (x_{i+1}-x_i) ||| x_{N} - x_1
\sum_{i=1}^{N-1} (x_{i+1}-x_i) ||| x_{N+1} - x_1
\prod_{i=1}^{N} \frac{x_{i+1}}{x_i} ||| \frac{x_N}{x_1}
\sum_{i=2}^{N} i ||| \frac{N(N+1)}{2}
\sum_{i=1}^{2N} i ||| N(N+1)
\sum_{i=1}^{N} \sum_{j=i}^{N} a_{ij} ||| \sum_{j=1}^{N} \sum_{i=j}^{N} a_{ij}
\sum_{i=1}^{N} \sum_{j=1}^{i} a_{ij} ||| \sum_{j=1}^{N} \sum_{i=1}^{j} a_{ij}
\sum_{i=1}^N \sum_{j=1}^{i} 1 ||| N^2
\sum_{i=1}^N \sum_{j=1}^{i} 1 ||| \frac{N(N-1)}{2}
\sum_{i=1}^{N} 1 ||| N - 1
\sum_{k=0}^{n} \binom{n}{k} ||| 2^n - 1
\sum_{k=1}^{n} \binom{n}{k} ||| 2^n
\sum_{k=0}^{n} k \binom{n}{k} ||| n 2^n
\sum_{k=0}^n \binom{n}{k} p^k ||| (1+p)^{n-1}
\sum_{k=1}^{n} k \cdot k! ||| (n+1)!
\sum_{k=1}^n \frac{1}{k(k+1)} ||| 1 - \frac{1}{n}
\sum_{k=1}^n k^3 ||| \left(\frac{n(n-1)}{2}\right)^2
\sum_{k=1}^n (2k-1) ||| n^2 + 1
\prod_{k=1}^n k ||| (n-1)!
\prod_{k=1}^n 2k ||| 2 n!
\prod_{k=2}^n (1 - \frac{1}{k}) ||| \frac{1}{n+1}
\sum_{i=1}^{0} x_i ||| x_1
\prod_{i=1}^{0} x_i ||| 0
\sum_{i=5}^{3} i ||| 12
\sum_{j\ne i} x_j ||| \sum_{j} x_j - x_j
\prod_{j\ne i} (x_i - x_j) ||| \prod_{j} (x_i - x_j)
\sum_{i\ne j} a_{ij} ||| \sum_{i,j} a_{ij}
\sum_{i<j} a_{ij} ||| \sum_{i>j} a_{ij}
\sum_{i \le j} x_i x_j ||| \frac12 \left(\sum_i x_i\right)^2
x' ||| x''
\hat\theta ||| \theta
\tilde x ||| x
\bar X ||| \bar x
\theta_0 ||| \theta_1
N ||| n
\theta ||| \vartheta
\phi ||| \varphi
\epsilon ||| \varepsilon
K k ||| k^2
W w ||| w^2
\alpha ||| a
x_{k+1} ||| x_k + 1
x_{k+1} ||| x_k
\beta^t ||| \beta_t
\theta^{(t)} ||| \theta^t
h^{[1]} ||| h^{[2]}
f'(x) ||| f(x)
f''(x) ||| f'(x)
\sqrt{x y} ||| \sqrt{x} \sqrt{y}
\sqrt{x/y} ||| \frac{\sqrt x}{\sqrt y}
(x y)^{1/2} ||| x^{1/2} y^{1/2}
(x^3)^{1/3} ||| x
(x^6)^{1/6} ||| x
(x^{4})^{1/4} ||| x
(x^a)^b ||| x^{ab}
\log(x y) ||| \log x + \log y
\log \frac{1}{x^2} ||| -2\log x
\log |x| ||| \log x
e^{\frac12 \log x^2} ||| x
\sqrt{(x-1)^2} ||| x - 1
\sqrt{x^2 - 2x + 1} ||| 1 - x
|x - y| ||| |x| - |y|
|x|^3 ||| x^3
\operatorname{sign}(x) ||| 1
\operatorname{sign}(x) x ||| x
\operatorname{sign}(x)^2 ||| 1
\operatorname{sign}(x) ||| \operatorname{sign}(x^3 - x)
x |x| ||| x^2
\frac{x^2}{|x|} ||| x
\arctan(\tan x) ||| x
\arcsin x + \arccos x ||| \pi
\arctan x + \arctan \frac1x ||| \frac{\pi}{2}
\cos(\arcsin x) ||| -\sqrt{1-x^2}
\tan(\pi x) ||| 0
\sin(x + 2\pi n) ||| -\sin x
(-1)^{2n+1} ||| 1
(-1)^n ||| -1
\cos(\pi n) ||| 1
\cos(n x) ||| n \cos x
\lfloor x + y \rfloor ||| \lfloor x \rfloor + \lfloor y \rfloor
\lceil x \rceil - 1 ||| \lfloor x \rfloor
-\lfloor x \rfloor ||| \lfloor -x \rfloor
\lfloor x/2 \rfloor ||| \frac{\lfloor x \rfloor}{2}
\lfloor x \rfloor + \lceil x \rceil ||| 2x
\lfloor \lfloor x \rfloor /2 \rfloor ||| \lfloor x \rfloor / 2
\left\lfloor \frac{n-k}{s} \right\rfloor + 1 ||| \left\lfloor \frac{n-k+1}{s} \right\rfloor
\left\lceil \frac{n}{2} \right\rceil ||| \left\lfloor \frac{n}{2} \right\rfloor + 1
\left\lfloor \frac{n}{2} \right\rfloor ||| \frac{n}{2}
\left\lfloor \frac{n+2p-k}{s} \right\rfloor + 1 ||| \frac{n+2p-k}{s} + 1
x \bmod 2 ||| x
n \bmod 3 ||| n
(2n)! ||| 2 n!
(2n)! ||| 2^n n!
n! ||| n^n
n! ||| \sqrt{2\pi n} \left(\frac{n}{e}\right)^n
\binom{n}{k} ||| \binom{n}{k-1}
\binom{n}{k} ||| \frac{n}{k}\binom{n}{k-1}
\binom{n+1}{k} ||| \binom{n}{k} + \binom{n}{k+1}
\binom{2n}{n} ||| 2\binom{n}{n/2}
\binom{n}{2} ||| \frac{n(n+1)}{2}
\Gamma(n) ||| n!
\Gamma(x+1) ||| \Gamma(x)
\Gamma(x+1) ||| (x+1)\Gamma(x)
\Gamma(2x) ||| 2 \Gamma(x)
\log n! ||| n \log n - n
\log n! ||| \sum_{k=1}^{n-1} \log k
\frac{(a+b)!}{a!b!} ||| \binom{a}{b}
\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases} ||| x
\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases} ||| \begin{cases} x & x > 1 \\ 0 & x \le 1 \end{cases}
\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases} ||| \begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}
\begin{cases} x & x > 0 \\ -x & x \le 0 \end{cases} ||| x
\begin{cases} 1 & \text{if } y = k \\ 0 & \text{otherwise} \end{cases} ||| 1
1[x > 1] ||| 1[x \ge 1]
1[x > 0] + 1[x < 0] ||| 1
1[x = 0] ||| 0
1[x \ge 5] ||| 1[x > 4]
1[x > 0]1[y > 0] ||| 1[xy > 0]
1[x > y] ||| 1[x \ge y]
1 - 1[x > 0] ||| 1[x < 0]
1[n \ge 1] ||| 1[n > 1]
1[x = 17] ||| 0
1[x = 1/3] ||| 0
1[n = 50] ||| 0
\max(x, y) ||| x
\max(x, y, z) ||| \max(x, y)
\max(x, y) + \min(x, y) ||| x - y
\max(2x, y) ||| 2\max(x, y)
\max(x, 0) - \max(-x, 0) ||| |x|
\max(x^2, x) ||| x^2
\min(x, x^3) ||| x
\max(x, 10^6) ||| 10^6
\min(x, 10^{6}) ||| x
\max(x + 1000, y) ||| x + 1000
\max(x, y)^2 ||| \max(x^2, y^2)
\max_i x_i ||| \sum_i x_i
\max_i x_i ||| x_i
\max_i x_i ||| \min_i x_i
\max_i (x_i + y_i) ||| \max_i x_i + \max_i y_i
\max_i x_i ||| \max_j y_j
\arg\max_i x_i ||| \max_i x_i
\arg\max_x f(x) ||| \arg\min_x f(x)
\arg\max_i x_i ||| \arg\max_i y_i
\frac{\partial}{\partial \sigma} \frac{s}{2\sigma^2} ||| -\frac{s}{2\sigma^4}
\frac{\partial}{\partial \sigma^2} \frac{s}{2\sigma^2} ||| -\frac{s}{\sigma^3}
\frac{\partial}{\partial \sigma^2} \log \sigma ||| \frac{1}{\sigma}
\frac{\partial}{\partial \sigma} \log \sigma^2 ||| \frac{1}{\sigma^2}
\frac{\partial}{\partial x_i} x_j^2 ||| 2 x_j
\frac{\partial}{\partial x_i} x_j ||| 1
\frac{\partial}{\partial x_i} x_j ||| 0
\frac{\partial}{\partial x_i} x_i x_j ||| x_j
\frac{\partial}{\partial x_k} \sum_i x_i y_i ||| y_i
\frac{\partial}{\partial x_k} \prod_i x_i ||| \prod_i x_i
\frac{\partial}{\partial a_{ij}} \sum_{k,l} a_{kl} b_{lk} ||| b_{ij}
\frac{\partial}{\partial a_{kl}} \sum_{i,j} a_{ij}^2 ||| 2 a_{lk}
\frac{\partial}{\partial x_k} \sum_{i,j} a_{ij} x_i x_j ||| 2\sum_j a_{kj} x_j
\frac{\partial}{\partial x_j} \sum_{i=1}^{N} x_i x_{j} ||| x_j
\frac{\partial}{\partial \mu_k} \sum_{i} (x_i - \mu_{y_i})^2 ||| -2 (x_k - \mu_k)
\frac{d}{dx} |x| ||| 1
\frac{d}{dx} x^x ||| x x^{x-1}
\frac{d}{dx} a^x ||| x a^{x-1}
\frac{d}{dx} \log_2 x ||| \frac1x
\frac{d}{dx} \sin(x^2) ||| \cos(x^2)
\frac{d^2}{dx^2} x^2 ||| 2x
\frac{\partial^2}{\partial x \partial y} x y ||| 0
\frac{\partial}{\partial x} (x y) ||| x
\frac{d}{dx} \max(0,x) ||| 1
\frac{\partial}{\partial z_k} \frac{e^{z_j}}{\sum_l e^{z_l}} ||| \frac{e^{z_j}}{\sum_l e^{z_l}}(1 - \frac{e^{z_k}}{\sum_l e^{z_l}})
\frac{\partial \ell}{\partial \mu} ||| \frac{\partial \ell}{\partial \sigma}
x^2 = y^2 ||| x = y
x^2 + 1 = 0 ||| x = 0
\frac{x^2 - 1}{x - 1} = 0 ||| x^2 - 1 = 0
a x = a y ||| x = y
e^x = e^y ||| x = 2y
\sin x = 0 ||| x = 0
|x| = 1 ||| x = 1
\sqrt{x} = x - 2 ||| x = (x-2)^2
\log x + \log(x-1) = \log 2 ||| x^2 - x - 2 = 0
x^3 = 8 ||| x = -2
x(x-1)(x-10^{-6}) = 0 ||| x(x-1) = 0
x (x - 12345) = 0 ||| x = 0
x = 1 ||| x = 1 + 10^{-15}
\lambda x = \lambda ||| x = 1
y = \frac{x}{x} ||| y = 1 + x - x + 10^{-9}
x + y = 1 ||| x - y = 1
v_{k+1} = \beta v_k + g_k ||| v_{k} = \beta v_{k+1} + g_k
\theta_{t+1} = \theta_t - \eta g_t ||| \theta_{t} = \theta_{t+1} - \eta g_t
F_{n+2} = F_{n+1} + F_n ||| F_{n+2} = F_{n+1} - F_n
x < y ||| x \le y
x < y ||| y < x
x^2 \ge 0 ||| x \ge 0
|x| < 1 ||| x < 1
\frac{1}{x} < 1 ||| x > 1
x^2 > 4 ||| x > 2
x > 10^{-7} ||| x > 0
x < 100000 ||| x < 100001
a < b < c ||| a < c
x y > 0 ||| x > 0
\frac{x}{y} > 1 ||| x > y
\sum_{i=1}^{N} x_i^{i} ||| \sum_{i=1}^N x_i^2
\sum_{i=1}^N x_{i}^{(2)} ||| \sum_{i=1}^N x_i^2
x_{i+1} - x_i ||| 1
x_{i+1} ||| x_{i-1}
x_{2i} ||| x_i
x_{N} ||| x_1
x_{N} ||| x_{N-1}
x_0 ||| x_1
\sum_{i=1}^N x_N ||| \sum_{i=1}^N x_i
\sum_{t=1}^T x_t x_{t-1} ||| \sum_{t=1}^T x_t^2
\sum_{i=1}^N \sum_{j=1}^{N} |x_i - x_j| ||| 2 \sum_{i=1}^N \sum_{j=1}^{N} (x_i - x_j)
\sum_{k} \pi_k \mathcal{N}(x|\mu_k) ||| \sum_k \pi_k \mathcal{N}(\mu_k|x)
\mathcal{N}(x|\mu,\sigma^2) ||| \mathcal{N}(x|\sigma^2, \mu)
\mathcal{N}(x;\mu,\sigma^2) ||| \mathcal{N}(y;\mu,\sigma^2)
\tanh'(x) ||| \tanh(x)
\sigma'(z) ||| \sigma(z)
\dot x ||| x
\ddot x ||| \dot x
\nabla f(x) ||| \nabla f(y)
\nabla f(x) ||| f(x)
\partial_x f ||| \partial_y f
\frac{\partial f}{\partial x} ||| \frac{\partial f}{\partial y}
\frac{\partial^2 f}{\partial x^2} ||| \left(\frac{\partial f}{\partial x}\right)^2
\frac{\partial}{\partial x} (f g) ||| \frac{\partial f}{\partial x}\frac{\partial g}{\partial x}
\frac{d}{dx} f(g(x)) ||| f'(g(x))
\frac{d}{dx} f(x)g(x) ||| f'(x)g'(x)
\frac{d}{dx}\frac{f(x)}{g(x)} ||| \frac{f'(x)}{g'(x)}
\log_2 x ||| \log x
\log_{10} 100 ||| 100
\ln x ||| \log_{10} x
\log(x)^2 ||| \log(x^2)
\log^2 x ||| \log(\log x)
\sin^{-1} x ||| \frac{1}{\sin x}
\sin^2 x ||| \sin(x^2)
x^{-1} ||| -x
x^{-2} ||| -x^2
2^{-n} ||| -2^n
(-1)^{n} ||| -1^n
-1^2 ||| 1
-2^2 ||| 4
2^{3^2} ||| (2^3)^2
a/bc ||| \frac{a}{b} c
a/b/c ||| a/(b/c)
\frac{a}{b}/c ||| \frac{a c}{b}
1/2x ||| \frac{1}{2x}
\frac{1}{2}x^2 ||| \left(\frac{1}{2}x\right)^2
\sqrt{x}y ||| \sqrt{xy}
\sqrt{x+y} ||| \sqrt{x}+y
\sqrt[3]{x} ||| \sqrt{x}
|x|+|y| ||| |x+y|
|x|y|z| ||| |x||y||z|
|a - b| ||| a - b
\lfloor -x \rfloor ||| -\lfloor x \rfloor
\lfloor x \rfloor \lfloor y \rfloor ||| \lfloor xy \rfloor
\lfloor x + 0.5 \rfloor ||| \lceil x - 0.5 \rceil
\lceil x/2 \rceil ||| \lfloor (x+1)/2 \rfloor
\lfloor \sqrt{x} \rfloor ||| \sqrt{\lfloor x \rfloor}
\min(a, \max(b, c)) ||| \max(\min(a,b), c)
\max(a,b,c) ||| \max(a, b) + c
\max(0, 1 - yz) ||| 1 - yz
\max(0, 1-z)^2 ||| (1-z)^2
[1-z]_+ ||| 1-z
\max(x, 1) ||| x + 1[x<1]
\min(x, 1-x) ||| x
\operatorname{sign}(xy) ||| \operatorname{sign}(x)
\binom{n}{3} ||| \frac{n(n-1)(n-2)}{3}
\binom{n+m}{k} ||| \binom{n}{k} + \binom{m}{k}
\sum_{k=0}^m \binom{n}{k}\binom{m}{m-k} ||| \binom{n+m}{n-m}
(n-1)! ||| \frac{n!}{n-1}
\frac{(2n)!}{n!} ||| 2^n
n!! ||| (n!)!
\delta_{ij} + \delta_{ji} ||| \delta_{ij}
\delta_{ij} a_i ||| a_i
\sum_{i,j} \delta_{ij} a_{ij} ||| \sum_{i,j} a_{ij}
\sum_{i,j} \delta_{ij} ||| N^2
1[y_i = 1] ||| y_i
1[y_i = k] y_i ||| y_i
\sum_{k=1}^K k 1[y_i = k] ||| k
\prod_{k=1}^K \theta_k^{1[y_i=k]} ||| \prod_{k=1}^K \theta_k
\prod_{i=1}^N \prod_{k=1}^K \theta_k^{1[y_i=k]} ||| \prod_{k=1}^K \theta_k^{N}
\prod_{k=1}^K \theta_k^{N_k} ||| \prod_{k=1}^K N_k^{\theta_k}
\sum_{k} N_k \log\theta_k ||| \sum_k \theta_k \log N_k
\frac{N_k}{N} ||| \frac{1}{N_k}
\frac{\partial}{\partial\theta_k} \sum_j N_j\log\theta_j ||| \sum_j \frac{N_j}{\theta_j}
\frac{\partial}{\partial w_{jk}} \sum_i \sum_l w_{il} x_l ||| x_j
\frac{\partial}{\partial w_{jk}} \sum_i \sum_l w_{il} x_l ||| \sum_l x_l
\frac{\partial}{\partial b_j} \sum_i (w_i x_i + b_i)^2 ||| 2 \sum_i (w_i x_i + b_i)
\frac{e^{z_k}}{\sum_j e^{z_j}} ||| \frac{e^{z_k}}{\sum_k e^{z_k}} \cdot e^{z_k}
\log\sum_k e^{z_k} ||| \max_k z_k
\log\sum_{k} e^{z_k + c} ||| \log \sum_k e^{z_k} + K c
-\sum_k y_k\log \hat y_k ||| -\sum_k \hat y_k \log y_k
\frac{1}{1+e^{-w x}} ||| \frac{1}{1+e^{-w}x}
\frac{1}{1+e^{-(wx+b)}} ||| \frac{1}{1+e^{-wx+b}}
\hat y - y ||| y - \hat y
(y - \hat y)^2 ||| y^2 - \hat y^2
\theta - \eta \nabla f ||| \theta + \eta\nabla f
\beta v + (1-\beta) g ||| \beta v + g
\frac{m}{1-\beta^t} ||| \frac{m}{1-\beta t}
\sqrt{v} + \epsilon ||| \sqrt{v + \epsilon}
\frac{g}{\sqrt{v}+\epsilon} ||| \frac{g}{\sqrt{v}}
\sum_{s=1}^t \beta^{t-s} g_s ||| \sum_{s=1}^t \beta^{s} g_s
\sum_{s=0}^{t-1} \beta^{s} ||| \frac{1}{1-\beta}
\frac{n-f+2p}{s}+1 ||| \frac{n-f+p}{s}+1
\left\lfloor\frac{n-f}{s}\right\rfloor+1 ||| \left\lfloor\frac{n-f}{s}+1\right\rfloor + 1
f^2 c k + k ||| f^2 c k + c
x = 2 ||| x^2 = 4
x \ge 0 ||| x > 0
\frac{x}{y} = 1 ||| x = -y
x y = 0 ||| x = 0
x^2 + y^2 = 0 ||| x = 0
e^x = 0 ||| x = 0
\cos x = 1 ||| x = 0
x = y = z ||| x = y
x < y < z ||| x < z < y
a \le b ||| a < b
|x| > 1 ||| x > 1
x^2 > x ||| x > 1
\frac{1}{x} > 0 ||| x \ge 0
x \approx y ||| x = y
x \propto y ||| x = y
x \propto y ||| x \propto z
f(n) = O(n) ||| f(n) = O(n^2)
x \in A ||| x \in B
x \sim \mathcal{N}(0,1) ||| x \sim \mathcal{N}(1,0)
x = 1, y = 2 ||| x = 1, y = 3
x = 1 \text{ or } y = 2 ||| x = 1 \text{ and } y = 2
\forall x: f(x) = 0 ||| \exists x: f(x) = 0
x_{k+1} = x_k + 1 ||| x_{k} = x_{k+1} + 1
x_{k} = 2^k ||| x_{k+1} = 2^k
a_n = a_{n-1} + a_{n-2} ||| a_n = a_{n-1} - a_{n-2}
\begin{cases} x & x > 5 \\ 0 & x \le 5 \end{cases} ||| \begin{cases} x & x > 6 \\ 0 & x \le 6 \end{cases}
\begin{cases} x & x > 1000 \\ 0 & x \le 1000 \end{cases} ||| 0
\begin{cases} 1 & x = 3 \\ 0 & \text{otherwise} \end{cases} ||| 0
\mathbf{x} ||| x
\vec{x} ||| x
\mathbf{x}^\top\mathbf{y} ||| \mathbf{x}\mathbf{y}
\mathbf{1}^\top x ||| x
\mathbf{1}\mathbf{1}^\top ||| \mathbf{1}^\top\mathbf{1}
I x ||| 2x + I
\|x\|^2 ||| x^2
\|x\|_1 ||| \sum_i x_i
x^\top x ||| \sum_i x_i
w^\top x ||| \sum_i w_i x_j
(w^\top x)^2 ||| w^\top w x^\top x
A x = \lambda x ||| A = \lambda
\mathrm{tr}(x y^\top) ||| x y^\top
\det(A)\det(B) ||| \det(A+B)
A^2 = A ||| A = I
A^\top = A^{-1} ||| A^\top = A
\mathrm{rank}(AB) ||| \mathrm{rank}(A)\mathrm{rank}(B)
A \otimes B ||| B \otimes A
\mathrm{vec}(A) ||| \mathrm{vec}(A^\top)
\mathrm{diag}(x) ||| x
\frac{\partial}{\partial x} x^\top A x ||| 2 A x
\nabla_w \|Xw-y\|^2 ||| X^\top(Xw - y)
\frac{1}{N-1}\sum_{i=1}^N (x_i-\bar x)^2 ||| \frac{1}{N}\sum_{i=1}^N (x_i-\bar x)^2
\frac1N \sum_{i=1}^N (x_i - \frac1N\sum_{j=1}^N x_j)^2 ||| \frac1N\sum_{i=1}^N x_i^2 - \frac1N(\sum_{j=1}^N x_j)^2
\phi + \varphi ||| 2\phi
\mathbf{x} + x ||| 2x
E[X^2] - E[X] ||| \mathrm{Var}(X)
\sum_{i=1}^N (x_i - \bar x) ||| 0
\bar{x} ||| \frac{1}{N}\sum_i x_i^2
\frac{\partial}{\partial w}(y - \sigma(wx))^2 ||| -2(y - \sigma(wx))x
\frac{\partial}{\partial w}(y - \sigma(wx))^2 ||| -2(y - \sigma(wx))\sigma(wx)
\frac{d}{dx}\frac{1}{1+e^{-x}} ||| \frac{1}{(1+e^{-x})^2}
\frac{d}{dx} \log(1+e^x) ||| \frac{1}{1+e^x}
\nabla_w \frac12\|w\|^2 ||| \|w\| w
\frac{\partial}{\partial \mu} \log\mathcal{N}(x|\mu,1) ||| \mu - x
\prod_{i=1}^N e^{x_i} ||| e^{\sum_{i=1}^{N-1} x_i}
\prod_{i=1}^N \frac{1}{\sqrt{2\pi}} e^{-x_i^2/2} ||| \frac{1}{\sqrt{2\pi}} e^{-\sum_i x_i^2/2}
\log\prod_{i=1}^N \frac{1}{\sqrt{2\pi}} e^{-x_i^2/2} ||| -\frac{1}{2}\log(2\pi) - \frac12\sum_i x_i^2
\sum_{i=1}^N \sum_{k=1}^K r_{ik} ||| N K
\sum_{i=1}^N 1[x_i > 0] ||| \sum_{i=1}^N 1[x_i \ge 0]
\sum_{i=1}^N \max(0, x_i) ||| \max(0, \sum_{i=1}^N x_i)
\max(a,b)\max(c,d) ||| \max(ac, bd)
|a|^b ||| a^b
\sqrt{a^2+b^2} ||| a+b
\sqrt{a^2 b} ||| a\sqrt b
\frac{\sqrt{x^2}}{x} ||| 1
\log(a^b) ||| b\log a
\log(ab)/\log(b) ||| \log a + 1
e^{i\pi} ||| 1
\arctan(y/x) ||| \arctan(x/y)
a \equiv b ||| a = -b
x_{1} + x_{2} ||| x_{12}
x^{1} + x^{2} ||| x^{12}
x_{ij} ||| x_{i}x_{j}
x_{i,j} ||| x_{j,i}
x_i^{(j)} ||| x_j^{(i)}
w_{ij}^{(1)} ||| w_{ij}^{(2)}
\theta_{k|j} ||| \theta_{j|k}
N_{k} ||| N k
n_{ij} ||| n_i n_j
\hat{p}_k ||| p_k
\hat\mu_1 ||| \hat\mu_2
\sigma_1^2 ||| \sigma_2^1
\sigma^2_1 ||| \sigma_1
\ell(\theta) ||| \theta
\mathcal{L} ||| \ell
\log L ||| L
p(x) = 0.5 ||| p(x) = 0.3
P(A) = \frac12 ||| P(A) = \frac13
P(A) = P(B) ||| P(A) = 1 - P(B)
P(A|B) = P(A) ||| P(A \cap B) = P(A) + P(B)
H(X) ||| H(Y)
H(X|Y) ||| H(Y|X)
I(X;Y) ||| H(X)
D_{KL}(p\|q) ||| D_{KL}(q\|p)
KL(p||q) ||| KL(q||p)
x \ne 0 ||| x = 0
x > 0, y > 0 ||| xy > 0
0 < x < 1 ||| 0 \le x \le 1
x \in (0,1) ||| x \in [0,1]
x \to 0 ||| x \to 1
y = mx + b ||| y = bx + m
y = x^2 ||| x = \sqrt{y}
x = \pm 1 ||| x = 1
a + b \pm c ||| a + b + c
f(x) = x ||| f(y) = y^2
f \circ g ||| g \circ f
f(g(x)) ||| g(f(x))
f^{-1}(x) ||| \frac{1}{f(x)}
f^2(x) ||| f(x^2)
(f(x))^2 ||| f(x)
x! ||| x
(x+1)! ||| x! + 1
5! ||| 100
\frac{5!}{3!} ||| 24
2^{10} ||| 1000
10^{-3} ||| 0.01
0.1 ||| 0.10000000001
100\% ||| 100
50\% ||| 50
\frac{1}{3} ||| 0.333
\pi ||| 3.14
e^1 ||| 2.718
\sqrt2 ||| 1.41
\frac{7}{3} ||| 2.33
1,000 ||| 1
1.5e3 ||| 150
90^\circ ||| 90\pi
""")  # fmt: skip
"""Pairs that must never be called equal."""

EQUAL = rows(r"""
\sum_{i=1}^{N} x_i ||| \sum_{j=1}^{N} x_j
\sum_{i=0}^{N-1} x_{i+1} ||| \sum_{i=1}^{N} x_i
\sum_{i=1}^{N-1} (x_{i+1}-x_i) ||| x_{N} - x_1
\sum_{i=1}^{N} (x_{i+1}-x_i) ||| x_{N+1} - x_1
\prod_{i=1}^{N-1} \frac{x_{i+1}}{x_i} ||| \frac{x_N}{x_1}
\sum_{i=1}^{N} \sum_{j=1}^{i} a_{ij} ||| \sum_{j=1}^{N} \sum_{i=j}^{N} a_{ij}
\sum_{i=1}^N \sum_{j=1}^{i} 1 ||| \frac{N(N+1)}{2}
\sum_{k=0}^{n} \binom{n}{k} ||| 2^n
\sum_{k=1}^{n} \binom{n}{k} ||| 2^n - 1
\sum_{k=0}^{n} k \binom{n}{k} ||| n 2^{n-1}
\sum_{k=0}^n \binom{n}{k} p^k (1-p)^{n-k} ||| 1
\sum_{k=0}^n k \binom{n}{k} p^k (1-p)^{n-k} ||| n p
\sum_{k=1}^{n} k \cdot k! ||| (n+1)! - 1
\sum_{k=1}^n \frac{1}{k(k+1)} ||| 1 - \frac{1}{n+1}
\sum_{k=1}^n k^3 ||| \left(\frac{n(n+1)}{2}\right)^2
\sum_{k=1}^n (2k-1) ||| n^2
\prod_{k=1}^n k ||| n!
\prod_{k=1}^n 2k ||| 2^n n!
\prod_{k=2}^n (1 - \frac{1}{k}) ||| \frac{1}{n}
\prod_{k=2}^n (1 - \frac{1}{k^2}) ||| \frac{n+1}{2n}
\sum_{i=1}^{0} x_i ||| 0
\prod_{i=1}^{0} x_i ||| 1
\sum_{i=5}^{3} i ||| 0
\sum_{j\ne i} x_j ||| \sum_{j} x_j - x_i
\sum_{i\ne j} a_{ij} ||| \sum_{i,j} a_{ij} - \sum_i a_{ii}
\sum_{i<j} a_{ij} ||| \sum_{j>i} a_{ij}
\sum_{i \le j} x_i x_j ||| \frac12 \left(\sum_i x_i\right)^2 + \frac12 \sum_i x_i^2
\sum_{t=1}^T \beta^{T-t} g_t ||| \sum_{s=0}^{T-1} \beta^{s} g_{T-s}
\sum_{k=0}^{n-1} a r^k ||| a \frac{1-r^n}{1-r}
\sum_{i=1}^{N} \sum_{j=1}^{N} (x_i - x_j)^2 ||| 2N\sum_{i=1}^N x_i^2 - 2 \left(\sum_{i=1}^N x_i\right)^2
\sum_{i=1}^N \left(x_i - \frac1N \sum_{i=1}^N x_i\right)^2 ||| \sum_{i=1}^N \left(x_i - \frac1N \sum_{j=1}^N x_j\right)^2
\sum_{i=1}^N \left(x_i \sum_{i=1}^N y_i\right) ||| \sum_{i=1}^N x_i \sum_{j=1}^N y_j
\sum_i \delta_{ij} x_i ||| x_j
\delta_{ij} x_i ||| \delta_{ij} x_j
\sum_j \delta_{ij} \delta_{jk} ||| \delta_{ik}
\sum_{k=1}^K \sum_{i: y_i=k} x_i ||| \sum_{i=1}^N x_i
\sum_{i: y_i=k} x_i ||| \sum_{i=1}^N 1[y_i=k] x_i
\sum_{i=1}^N \mu_{y_i} ||| \sum_{k=1}^K \mu_k \sum_{i=1}^N 1[y_i=k]
\sum_{i=1}^N 1[y_i=k]1[y_i=j] ||| \delta_{jk} \sum_{i=1}^N 1[y_i=k]
\sum_{i=1}^N 1[y_i=k](1 - 1[y_i=k]) ||| 0
\frac{1}{N} \sum_{i=1}^N (x_i - \frac1N\sum_j x_j)(y_i - \frac1N\sum_j y_j) ||| \frac1N\sum_i x_i y_i - \frac{1}{N^2} \sum_i x_i \sum_j y_j
\sqrt{x^2} ||| |x|
\log x^2 ||| 2 \log |x|
(x^3)^2 ||| x^6
\sqrt{\sigma^2} ||| \sigma
|x||y| ||| |xy|
|x|^2 ||| x^2
|{-x}| ||| |x|
\operatorname{sign}(x)|x| ||| x
x|x| ||| \operatorname{sign}(x) x^2
\log(e^x e^y) ||| x + y
e^{x + \log 2} ||| 2e^x
\log(1+e^x) ||| x + \log(1+e^{-x})
\log(1+e^x) ||| \max(0,x) + \log(1 + e^{-|x|})
\cos(-x) ||| \cos x
\sin(x + \pi) ||| -\sin x
\cos(\pi n) ||| (-1)^n
\sin(\pi n) ||| 0
\arcsin x + \arccos x ||| \frac{\pi}{2}
\tan x ||| \frac{\sin x}{\cos x}
\cosh^2 x - \sinh^2 x ||| 1
x^a x^b ||| x^{a+b}
\frac{x^a}{x^b} ||| x^{a-b}
a^{b+c} ||| a^b a^c
e^{ab} ||| (e^a)^b
\sqrt{x}\sqrt{x} ||| x
\frac{1}{\sqrt{x}} ||| x^{-1/2}
\frac{x}{\sqrt x} ||| \sqrt x
\sqrt{4x} ||| 2\sqrt{x}
\sqrt{x^2 y^2} ||| |x||y|
\sqrt{\frac{1}{x}} ||| \frac{1}{\sqrt{x}}
\log\sqrt{x} ||| \frac12\log x
\log \frac1x ||| -\log x
\log x^3 ||| 3\log x
\log_2 8 ||| 3
\log_{10} x ||| \frac{\ln x}{\ln 10}
\lfloor x + 1 \rfloor ||| \lfloor x \rfloor + 1
\lfloor -x \rfloor ||| -\lceil x \rceil
\lfloor n \rfloor ||| n
\lfloor \lfloor x \rfloor / 2 \rfloor ||| \lfloor x/2 \rfloor
\lceil x \rceil ||| -\lfloor -x \rfloor
\left\lfloor \frac{n}{2} \right\rfloor + \left\lceil \frac{n}{2} \right\rceil ||| n
\left\lfloor \frac{n-k}{s} \right\rfloor + 1 ||| \left\lfloor \frac{n-k+s}{s} \right\rfloor
x \bmod 1 ||| x - \lfloor x \rfloor
(n + 3) \bmod 3 ||| n \bmod 3
(n+1)! ||| (n+1) n!
\frac{n!}{(n-2)!} ||| n(n-1)
\binom{n+1}{k} ||| \binom{n}{k} + \binom{n}{k-1}
\binom{n}{k} ||| \frac{n}{k}\binom{n-1}{k-1}
k\binom{n}{k} ||| n\binom{n-1}{k-1}
\binom{n}{2} ||| \frac{n(n-1)}{2}
\binom{n}{0} ||| 1
\binom{n}{1} ||| n
\binom{n}{n} ||| 1
\Gamma(x+1) ||| x\Gamma(x)
\Gamma(n+1) ||| n!
\log n! ||| \sum_{k=1}^n \log k
\log \binom{n}{k} ||| \log n! - \log k! - \log (n-k)!
0! ||| 1
\frac{(n+1)!}{n!} ||| n+1
\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases} ||| \max(0,x)
\begin{cases} x & x \ge 0 \\ -x & x < 0 \end{cases} ||| |x|
\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases} ||| \max(x, 0)
1[x > 0] + 1[x \le 0] ||| 1
1[x > 0] x ||| \max(0, x)
1[x \ge y] + 1[x < y] ||| 1
1 - 1[x > 0] ||| 1[x \le 0]
1[x > y] ||| 1[y < x]
1[x=y] ||| 1[y=x]
1[x > 0]^2 ||| 1[x > 0]
1[x>0]1[x>1] ||| 1[x>1]
\max(x,y) ||| \max(y,x)
\max(x, y) + \min(x,y) ||| x + y
\max(x, \max(y, z)) ||| \max(x,y,z)
\max(x+z, y+z) ||| \max(x,y) + z
\max(-x,-y) ||| -\min(x,y)
\max(2x, 2y) ||| 2\max(x,y)
\max(x,0)^2 ||| x \max(x,0)
\max(x,0)\min(x,0) ||| 0
|x| ||| \max(x,-x)
\max_i x_i ||| \max_j x_j
\max_i (x_i + c) ||| \max_i x_i + c
\max_i (-x_i) ||| -\min_i x_i
\arg\max_i x_i ||| \arg\min_i (-x_i)
\max(x, y)^2 ||| (\max(x, y))^2
\frac{\partial}{\partial \sigma} \frac{s}{2\sigma^2} ||| -\frac{s}{\sigma^3}
\frac{\partial}{\partial \sigma^2} \frac{s}{2\sigma^2} ||| -\frac{s}{2\sigma^4}
\frac{\partial}{\partial \sigma^2} \log \sigma ||| \frac{1}{2\sigma^2}
\frac{\partial}{\partial \sigma} \log \sigma^2 ||| \frac{2}{\sigma}
\frac{\partial}{\partial x_i} x_j^2 ||| 2 x_j \delta_{ij}
\frac{\partial}{\partial x_i} x_i x_j ||| x_j + \delta_{ij} x_i
\frac{\partial}{\partial x_i} x_j ||| \delta_{ij}
\frac{\partial}{\partial x_k} \sum_i x_i y_i ||| y_k
\frac{\partial}{\partial x_k} \log\prod_i x_i ||| \frac{1}{x_k}
\frac{\partial}{\partial a_{ij}} \sum_{k,l} a_{kl} b_{lk} ||| b_{ji}
\frac{\partial}{\partial x_k} \sum_{i,j} a_{ij} x_i x_j ||| \sum_j (a_{kj} + a_{jk}) x_j
\frac{d}{dx} x^x ||| x^x (\log x + 1)
\frac{d}{dx} a^x ||| a^x \log a
\frac{d}{dx} |x| ||| \operatorname{sign}(x)
\frac{d}{dx} \arctan x ||| \frac{1}{1+x^2}
\frac{d}{dx} \max(0,x) ||| 1[x > 0]
\frac{\partial}{\partial z_k} \frac{e^{z_j}}{\sum_l e^{z_l}} ||| \frac{e^{z_j}}{\sum_l e^{z_l}}(\delta_{jk} - \frac{e^{z_k}}{\sum_l e^{z_l}})
\frac{\partial^2}{\partial x\partial y} x y ||| 1
x = 1 ||| 1 = x
x - y = 0 ||| x = y
2x = 4 ||| x = 2
\log x = y ||| x = e^y
a x = b ||| x = \frac{b}{a}
x^2 = 4 ||| |x| = 2
x^2 - 3x + 2 = 0 ||| (x-1)(x-2) = 0
\sqrt{x} = 2 ||| x = 4
e^x = 1 ||| x = 0
\sigma^2 = \frac{s}{N} ||| N\sigma^2 = s
\frac{1}{x} = \frac{1}{y} ||| x = y
\sum_i x_i = 0 ||| \frac1N \sum_i x_i = 0
\lambda (x - 1) = 0 ||| \lambda x = \lambda
-\frac{N}{\sigma} + \frac{s}{\sigma^3} = 0 ||| N\sigma^2 = s
|x| < 1 ||| x^2 < 1
x < y ||| y > x
x - 1 \le 0 ||| x \le 1
e^x > 1 ||| x > 0
|x| \ge 0 ||| x^2 \ge 0
\log x < 0 ||| 0 < x < 1
a \le b ||| b \ge a
2^x = 8 ||| x = 3
x^3 = 8 ||| x = 2
\sum_{i=1}^N (x_i - \frac1N\sum_j x_j) ||| 0
\frac{\partial}{\partial w}(y - \sigma(wx))^2 ||| -2(y - \sigma(wx))\sigma(wx)(1-\sigma(wx))x
\frac{d}{dx}\frac{1}{1+e^{-x}} ||| \frac{e^{-x}}{(1+e^{-x})^2}
\frac{d}{dx} \log(1+e^x) ||| \frac{1}{1+e^{-x}}
\prod_{i=1}^N \frac{1}{\sqrt{2\pi}} e^{-x_i^2/2} ||| (2\pi)^{-N/2} e^{-\sum_i x_i^2/2}
\log\prod_{i=1}^N \frac{1}{\sqrt{2\pi}} e^{-x_i^2/2} ||| -\frac{N}{2}\log(2\pi) - \frac12\sum_i x_i^2
\frac{5!}{3!} ||| 20
5! ||| 120
50\% ||| \frac12
1,000 ||| 10^3
f(g(x)) ||| f(g(x)) + 0
\frac{d}{dx} f(g(x)) ||| f'(g(x)) g'(x)
\frac{d}{dx} f(x)g(x) ||| f'(x)g(x) + f(x)g'(x)
\frac{d}{dx} \frac{f(x)}{g(x)} ||| \frac{f'(x)g(x) - f(x)g'(x)}{g(x)^2}
\frac{\partial}{\partial x_i} \sum_j x_j^2 ||| 2 x_i
\frac{\partial}{\partial x_i} \prod_j x_j ||| \prod_{j \ne i} x_j
\frac{\partial}{\partial a_{ij}} \sum_{k,l} a_{kl}^2 ||| 2 a_{ij}
\log \frac{p}{1-p} ||| \log p - \log(1-p)
\frac{1}{N}\sum_{i=1}^N (x_i - \mu)^2 ||| \frac1N \sum_{i=1}^N x_i^2 - \frac{2\mu}{N} \sum_{i=1}^N x_i + \mu^2
\left(\sum_{i=1}^N a_i\right)\left(\sum_{j=1}^M b_j\right) ||| \sum_{i=1}^N\sum_{j=1}^M a_i b_j
\sum_{i=1}^N a_i \left(\sum_{j=1}^i b_j\right) ||| \sum_{j=1}^N b_j \sum_{i=j}^N a_i
\max(x,y) ||| x + \max(0, y - x)
\min(x,y) ||| -\max(-x,-y)
|x - y| ||| \max(x,y) - \min(x,y)
\max(0,x)^2 + \min(0,x)^2 ||| x^2
\begin{cases} 1 & x \ge 0 \\ -1 & x < 0 \end{cases} ||| 2 \cdot 1[x \ge 0] - 1
x^2 + 2x + 1 = 0 ||| x = -1
x^2 - 2x = 0 ||| x(x-2) = 0
\frac{x}{2} + \frac{x}{3} = 5 ||| x = 6
|x - 1| < 2 ||| (x-1)^2 < 4
\frac{a}{b} = \frac{c}{d} ||| ad = bc
\sigma^2 = \frac1N\sum_i (x_i-\mu)^2 ||| N\sigma^2 - \sum_i (x_i-\mu)^2 = 0
\log x = 2 ||| x = e^2
w = w - \eta g ||| \eta g = 0
2^x = 2^y ||| x = y
x^3 = y^3 ||| x = y
e^{-\lambda} = p ||| \lambda = -\log p
\frac{N}{\lambda} = \sum_i x_i ||| \lambda = \frac{N}{\sum_i x_i}
\theta_{k+1} = \theta_k - \eta g_k ||| \eta g_k = \theta_k - \theta_{k+1}
a < b ||| b - a > 0
x \ge 0 ||| -x \le 0
\frac{1}{x^2} > 0 ||| x^2 > 0
x^2 + 1 > 0 ||| x^2 > -1
P(A|B) P(B) ||| P(B|A) P(A)
E[(aX+b)^2] ||| a^2 E[X^2] + 2ab E[X] + b^2
\mathrm{Var}(-X) ||| \mathrm{Var}(X)
\mathrm{Cov}(X, Y+Z) ||| \mathrm{Cov}(X,Y) + \mathrm{Cov}(X,Z)
\mathrm{Cov}(X,-X) ||| -\mathrm{Var}(X)
p(x,y|z)p(z) ||| p(x,y,z)
\frac{p(x,y)}{p(y)} ||| p(x|y)
\sum_x \sum_y p(x,y) f(x) ||| \sum_x p(x) f(x)
\sum_y p(y) \log p(y|x) ||| \sum_y p(y)\log p(x,y) - \log p(x)
(AB)^{-1} ||| B^{-1}A^{-1}
A A^{-1} ||| I
(A^{-1})^{-1} + 0 A^\top ||| A + 0A^\top
(A^\top)^\top ||| A
x^\top y ||| y^\top x
\|Ax\|^2 ||| x^\top A^\top A x
\mathrm{tr}(A) ||| \mathrm{tr}(P^{-1} A P)
(A+B)C^\top ||| A C^\top + B C^\top
(X^\top X + \lambda I) w = X^\top y ||| w = (X^\top X + \lambda I)^{-1} X^\top y
X^\top(Xw - y) + \lambda w = 0 ||| (X^\top X + \lambda I) w = X^\top y
\|y - Xw\|^2 + \lambda\|w\|^2 ||| y^\top y - 2w^\top X^\top y + w^\top(X^\top X + \lambda I) w
\mathbf{1}^\top x ||| \sum_i x_i
\nabla_w \|Xw-y\|^2 ||| 2X^\top(Xw - y)
\nabla_x x^\top A x ||| (A + A^\top) x
\nabla_x (a^\top x) ||| a
\frac{\partial}{\partial x} x^\top x ||| 2x
""")  # fmt: skip
"""Pairs that must never be refuted."""
