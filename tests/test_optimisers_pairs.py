"""Pairs of methods with known answers, one a line; their counterexamples are made again by an interpreter of a few lines."""

# ruff: noqa: E501

import ast
from fractions import Fraction

import pytest
from mpmath import mp, mpf

from derivations.core.replay import replay
from derivations.core.store import load
from derivations.subjects.optimisers.arithmetic import differ
from derivations.subjects.optimisers.equivalence import equivalent

E, N, U = "equivalent", "not-equivalent", "undecided"
C, A = "constant", "any"


def it(name, parameters, start, step, output="theta", first=""):
    """The text of an iteration; assignments separated by semicolons."""
    programs = "".join(
        f"{key}:\n" + "".join(f"  {line.strip()}\n" for line in text.split(";")) for key, text in (("first", first), ("step", step)) if text
    )
    return f"iteration {name}\nparameters: {parameters}\nstart: {start}\n{programs}output: {output}\n"


P = "eta > 0 scheduled, mu scheduled"
EMA = "eta > 0 scheduled, 0 < mu < 1 scheduled"
ADAM = "eta > 0 scheduled, 0 < beta1 < 1, 0 < beta2 < 1, eps > 0"
GD = it("gd", "eta > 0 scheduled", "theta = start", "theta = theta - eta*gradient(theta)")
HB = it("hb", P, "theta = start, v = 0", "v = mu*v + gradient(theta); theta = theta - eta*v")


def hb(step, start="theta = start, v = 0", parameters=P, **more):
    return it("other", parameters, start, step, **more)


def gd(step, parameters="eta > 0 scheduled", start="theta = start", **more):
    return it("other", parameters, start, step, **more)


V = "v = mu*v + gradient(theta)"
W = "theta = theta - eta*v"

PAIRS = [
    # the buffer scaled, the rate inside and outside of it
    ("buffer doubled", HB, hb("v = mu*v + 2*gradient(theta); theta = theta - eta*v/2"), A, None, E),
    ("buffer scaled, not scaled back", HB, hb("v = mu*v + 2*gradient(theta); theta = theta - eta*v/3"), C, {}, N),
    ("buffer scaled, another rate", HB, hb("v = mu*v + 2*gradient(theta); theta = theta - eta*v/3"), C, None, E),
    ("buffer scaled by the momentum", HB, hb("v = mu*(v + gradient(theta)); theta = theta - eta*v/mu"), C, None, E),
    ("rate inside", HB, hb("v = mu*v + eta*gradient(theta); theta = theta - v"), C, None, E),
    ("rate inside, scheduled", HB, hb("v = mu*v + eta*gradient(theta); theta = theta - v"), A, None, N),
    ("rate inside, momentum scheduled", HB, hb("v = mu*v + eta*gradient(theta); theta = theta - v"), ("mu",), None, E),
    ("sign in the buffer", HB, hb("v = mu*v - gradient(theta); theta = theta + eta*v"), A, None, E),
    ("sign wrong", HB, hb("v = mu*v - gradient(theta); theta = theta - eta*v"), C, None, N),
    ("momentum of the other sign", HB, hb("v = gradient(theta) - mu*v; theta = theta - eta*v"), C, {}, N),
    ("momentum of the other sign, renamed", HB, hb("v = gradient(theta) - mu*v; theta = theta - eta*v"), C, None, E),
    ("old velocity used", HB, hb(f"w = mu*v + gradient(theta); {W}; v = w"), C, None, N),
    ("rate scheduled one step late", GD, gd("theta = theta - previous(eta)*gradient(theta)"), A, None, N),
    ("rate one step late, constant", GD, gd("theta = theta - previous(eta)*gradient(theta)"), C, None, E),
    # initial conditions
    ("velocity starts at one", HB, hb(f"{V}; {W}", "theta = start, v = 1"), C, None, N),
    ("velocity starts at the start", HB, hb(f"{V}; {W}", "theta = start, v = start"), C, None, N),
    ("unused state starts anywhere", GD, gd("v = 3*v; theta = theta - eta*gradient(theta)", start="theta = start, v = 7"), A, None, E),
    ("start doubled", GD, gd("theta = theta - eta*gradient(theta)", start="theta = 2*start"), A, None, N),
    ("start moved", GD, gd("theta = theta - eta*gradient(theta)", start="theta = start + 1"), A, None, N),
    ("iterate scaled", GD, gd("z = z - 2*eta*gradient(z/2)", start="z = 2*start", output="z"), A, None, E),
    ("iterate moved", GD, gd("z = z - eta*gradient(z - 1)", start="z = start + 1", output="z"), A, None, E),
    ("iterate moved, asked elsewhere", GD, gd("z = z - eta*gradient(z - 2)", start="z = start + 1", output="z"), C, None, N),
    # the first step
    ("two first steps", GD, gd("theta = theta - eta*gradient(theta)", first=";".join(["theta = theta - eta*gradient(theta)"] * 2)), C, None, N),
    ("first step left out", GD, gd("theta = theta - eta*gradient(theta)", first="theta = theta"), C, None, N),
    ("first step without momentum", HB, hb(f"{V}; {W}", first=f"v = gradient(theta); {W}"), A, None, E),
    ("first step without a rate", HB, hb(f"{V}; {W}", first="v = gradient(theta); theta = theta"), C, None, N),
    ("first step not dampened", HB, hb(f"v = mu*v + 1/2*gradient(theta); {W}", first=f"v = gradient(theta); {W}"), C, None, N),
    ("dampened, another rate", HB, hb(f"v = mu*v + 1/2*gradient(theta); {W}"), C, None, E),
    ("dampened", HB, hb(f"v = mu*v + 1/2*gradient(theta); {W}"), C, {}, N),
    ("dampening of nothing", HB, hb(f"v = mu*v + (1 - tau)*gradient(theta); {W}", parameters=P + ", tau"), A, {"tau": 0}, E),
    # Nesterov's method
    ("look-ahead of the other sign", "nesterov", it("b", P, "theta = start, y = start", "new = y - eta*gradient(y); y = new + mu*(theta - new); theta = new"), C, {}, N),
    ("look-ahead not asked", "nesterov", it("b", P, "theta = start, y = start", "new = y - eta*gradient(theta); y = new + mu*(new - theta); theta = new"), C, None, N),
    ("Nesterov and heavy ball", "nesterov", HB, C, None, N),
    ("Nesterov without momentum", "nesterov", GD, A, {"a.mu": 0}, E),
    ("Keras's form of Nesterov", "keras-sgd-nesterov", hb("g = gradient(theta); v = mu*v - eta*g; theta = theta - eta*g + mu*v"), A, None, E),
    ("Keras's form with the old velocity", "keras-sgd-nesterov", hb("g = gradient(theta); theta = theta - eta*g + mu*v; v = mu*v - eta*g"), C, None, N),
    # decay, averages, ascent
    ("penalty in the gradient", "pytorch-sgd-weight-decay", hb(f"g = gradient(theta) + lam*theta; v = mu*v + g; {W}", parameters=P + ", lam"), A, None, E),
    ("decay after the step", "sgd-decoupled-decay", hb(f"{V}; {W}; theta = (1 - eta*lam)*theta", parameters=P + ", lam"), C, None, N),
    ("decay between gradient and step", "sgd-decoupled-decay", hb(f"{V}; theta = (1 - eta*lam)*theta; {W}", parameters=P + ", lam"), A, None, E),
    ("average in increments", "ema-momentum", it("b", EMA, "theta = start, m = 0", "m = m + (1-mu)*(gradient(theta) - m); theta = theta - eta*m"), A, None, E),
    ("average with weights exchanged", "ema-momentum", it("b", EMA, "theta = start, m = 0", "m = (1-mu)*m + mu*gradient(theta); theta = theta - eta*m"), C, {}, N),
    ("average with weights exchanged, renamed", "ema-momentum", it("b", EMA, "theta = start, m = 0", "m = (1-mu)*m + mu*gradient(theta); theta = theta - eta*m"), C, None, E),
    ("average begun with a gradient", "ema-momentum", it("b", EMA, "theta = start, m = 0", "m = mu*m + (1-mu)*gradient(theta); theta = theta - eta*m", first="m = gradient(theta); theta = theta - eta*m"), C, None, N),
    ("ascent", GD, gd("theta = theta + eta*gradient(theta)"), A, None, N),
    ("ascent at minus the rate", gd("theta = theta - r*gradient(theta)", "r"), gd("theta = theta + r*gradient(theta)", "r"), C, None, E),
    # names
    ("a state called u0", HB, hb("u0 = mu*u0 + gradient(theta); theta = theta - eta*u0", "theta = start, u0 = 0"), A, None, E),
    ("a state called u0, another method", HB, hb("u0 = 2*mu*u0 + gradient(theta); theta = theta - eta*u0", "theta = start, u0 = 0"), C, {}, N),
    ("parameters T, k and n", gd("theta = theta - T*k*n*gradient(theta)", "T > 0, k, n"), gd("theta = theta - n*T*k*gradient(theta)", "T > 0, k, n"), C, None, E),
    ("a parameter called as a sequence", gd("theta = theta - a_theta*gradient(theta)", "a_theta > 0"), gd("theta = theta - 2*a_theta*gradient(theta)", "a_theta > 0"), C, {}, N),
    ("a parameter called as an oracle", gd("theta = theta - gradient*gradient(theta)", "gradient > 0"), gd("theta = theta - gradient*gradient(theta)", "gradient > 0"), C, None, E),
    ("states called as oracles", HB, it("b", P, "prox = start, gradient = 0", "gradient = mu*gradient + gradient(prox); prox = prox - eta*gradient", "prox"), A, None, E),
    # oracles
    ("independent calls exchanged", gd("p = gradient(x); q = gradient_g(x); x = x - eta*(p+q)", start="x = start", output="x"), gd("q = gradient_g(x); p = gradient(x); x = x - eta*(p+q)", start="x = start", output="x"), C, None, E),
    ("the same point by two names", GD, gd("d = (gradient(theta)+gradient(y))/2; theta = theta - eta*d; y = y - eta*d", start="theta = start, y = start"), A, None, E),
    ("two points", GD, gd("d = (gradient(theta)+gradient(y))/2; theta = theta - eta*d; y = y - eta*d", start="theta = start, y = 2*start"), A, None, N),
    ("an oracle before the first step", gd("v = v/2; theta = theta - eta*v - eta*gradient(theta)", start="theta = start, v = gradient(start)"), gd("v = v/2; theta = theta - eta*v - eta*gradient(theta)", start="theta = start, v = 0"), C, None, N),
    ("the same before the first step", gd("v = v/2; theta = theta - eta*v - eta*gradient(theta)", start="theta = start, v = gradient(start)"), gd("w = w/2; theta = theta - eta*w/2 - eta*gradient(theta)", start="theta = start, w = 2*gradient(start)"), C, None, E),
    ("the gradient of another function", GD, gd("theta = theta - eta*gradient_g(theta)"), C, None, N),
    ("the prox of another function", "proximal-gradient", it("b", "eta > 0 scheduled", "x = start", "x = prox(eta, x - eta*gradient(x))", "x"), C, None, N),
    ("twice the step of a prox", "proximal-point", it("b", "eta > 0", "x = start", "x = prox(2*eta, x)", "x"), C, {}, N),
    ("twice the step of a prox, renamed", "proximal-point", it("b", "eta > 0", "x = start", "x = prox(2*eta, x)", "x"), C, None, E),
    ("over-relaxed splitting", "douglas-rachford", "peaceman-rachford", C, None, N),
    # not linear
    ("Adam with other names", "adam-pytorch", it("b", "lr > 0 scheduled, 0 < b1 < 1, 0 < b2 < 1, e > 0", "theta = start, m = 0, s = 0", "g = gradient(theta); m = b1*m + (1-b1)*g; s = b2*s + (1-b2)*g**2; theta = theta - lr*(m/(1-b1**t))/(sqrt(s/(1-b2**t)) + e)"), A, None, E),
    ("Adam with its decays exchanged", "adam-pytorch", it("b", ADAM, "theta = start, m = 0, s = 0", "g = gradient(theta); m = beta2*m + (1-beta2)*g; s = beta1*s + (1-beta1)*g**2; theta = theta - eta*(m/(1-beta2**t))/(sqrt(s/(1-beta1**t)) + eps)"), C, {}, N),
    ("Adam counting from zero", "adam-pytorch", it("b", ADAM, "theta = start, m = 0, s = 0", "g = gradient(theta); m = beta1*m + (1-beta1)*g; s = beta2*s + (1-beta2)*g**2; theta = theta - eta*(m/(1-beta1**(t+1)))/(sqrt(s/(1-beta2**(t+1))) + eps)"), C, None, N),
    ("AdaGrad in another order", "adagrad", it("b", "eta > 0 scheduled, eps > 0", "theta = start, s = 0", "g = gradient(theta); s = s + g*g; theta = theta - eta*g/(eps + sqrt(s))"), A, None, E),
    ("AdaGrad with ε in the start", it("a", "eta > 0 scheduled, eps > 0", "theta = start, s = eps", "g = gradient(theta); s = s + g*g; theta = theta - eta*g/sqrt(s)"), it("b", "eta > 0 scheduled, eps > 0", "theta = start, s = 0", "g = gradient(theta); s = s + g*g; theta = theta - eta*g/sqrt(s + eps)"), A, None, E),
    ("AdaGrad with ε under the root", "adagrad", it("b", "eta > 0 scheduled, eps > 0", "theta = start, s = 0", "g = gradient(theta); s = s + g*g; theta = theta - eta*g/sqrt(s + eps)"), C, None, N),
    ("RMSprop with its average scaled", "rmsprop-keras", it("b", "eta > 0 scheduled, 0 < rho < 1, eps > 0", "theta = start, s = 0", "g = gradient(theta); s = rho*s + g**2; theta = theta - eta*g/sqrt((1-rho)*s + eps)"), A, None, E),
    ("Lion with its lines exchanged", "lion", it("b", "eta > 0 scheduled, 0 < beta1 < 1, 0 < beta2 < 1, lam", "theta = start, m = 0", "g = gradient(theta); c = beta1*m + (1-beta1)*g; m = beta2*m + (1-beta2)*g; theta = theta - eta*(sign(c) + lam*theta)"), A, None, E),
    ("Lion with the sign of its average", "lion", it("b", "eta > 0 scheduled, 0 < beta1 < 1, 0 < beta2 < 1, lam", "theta = start, m = 0", "g = gradient(theta); m = beta2*m + (1-beta2)*g; theta = theta - eta*(sign(m) + lam*theta)"), C, None, N),
    ("the sign of twice the gradient", gd("theta = theta - eta*sign(gradient(theta))"), gd("theta = theta - eta*sign(2*gradient(theta))"), C, None, E),
    ("a factor squared", HB, hb(f"{V}; theta = theta - eta*v*v"), C, None, N),
    ("a factor carried along twice", gd("v = v*theta; theta = theta - eta*gradient(theta)*v", start="theta = start, v = 1"), gd("w = w*theta; theta = theta - eta*gradient(theta)*w/2", start="theta = start, w = 2"), C, None, E),
    ("a difference after ten steps", gd("c = c + 1; theta = theta - eta*gradient(theta)*(1 + max(c - 9, 0))", start="theta = start, c = 0"), GD, C, {}, N),
    # the number of the step
    ("a counter of one's own", gd("theta = theta - eta/t*gradient(theta)"), gd("c = c + 1; theta = theta - eta/c*gradient(theta)", start="theta = start, c = 0"), C, {}, E),
    ("a counter one behind", gd("theta = theta - eta/t*gradient(theta)"), gd("theta = theta - eta/(t+1)*gradient(theta)"), C, {}, N),
    ("momentum from the number of the step", it("a", "eta > 0", "x = start, y = start", "new = y - eta*gradient(y); y = new + (t-1)/(t+2)*(new - x); x = new", "x"), it("b", "eta > 0", "x = start, v = 0", "y = x + v; new = y - eta*gradient(y); v = (t-1)/(t+2)*(new - x); x = new", "x"), C, {}, E),
    ("momentum from the number of the step, one off", it("a", "eta > 0", "x = start, y = start", "new = y - eta*gradient(y); y = new + (t-1)/(t+2)*(new - x); x = new", "x"), it("b", "eta > 0", "x = start, v = 0", "y = x + v; new = y - eta*gradient(y); v = t/(t+3)*(new - x); x = new", "x"), C, {}, N),
    # numbers and maps
    ("coefficients of thirty digits", gd("theta = theta - 1000000000000000000000000000001*eta*gradient(theta)"), gd("theta = theta - 1000000000000000000000000000000*eta*gradient(theta)"), C, {}, N),
    ("a rate cubed", GD, gd("theta = theta - r**3*gradient(theta)", "r > 0"), C, None, E),
    ("a rate of two factors", GD, gd("theta = theta - p*q*gradient(theta)", "p > 0, q > 0"), C, None, N),
    # what stays open
    ("divided by zero at every start", gd("theta = theta - eta*gradient(theta)/v", start="theta = start, v = 0"), gd("theta = theta - 2*eta*gradient(theta)/v", start="theta = start, v = 0"), C, {}, U),
    ("a maximum written with an absolute value", gd("g = gradient(theta); theta = theta - eta*max(g, 0)"), gd("g = gradient(theta); theta = theta - eta*(g + abs(g))/2"), C, None, U),
]  # fmt: skip


def number(value):
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


FUNCTIONS = {
    "sqrt": lambda x: mp.sqrt(number(x)), "sign": lambda x: Fraction((x > 0) - (x < 0)), "abs": abs, "max": max,
}  # fmt: skip
OPERATORS = {
    ast.Add: lambda x, y: x + y, ast.Sub: lambda x, y: x - y, ast.Mult: lambda x, y: x * y, ast.Div: lambda x, y: x / y,
    ast.Pow: lambda x, y: x**y,
}  # fmt: skip


def value(node, env, ask):
    """The value of an expression of the text form, without a line of the package."""
    if isinstance(node, ast.Name):
        return env[node.id]
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp):
        return -value(node.operand, env, ask)
    if isinstance(node, ast.BinOp):
        left, right = value(node.left, env, ask), value(node.right, env, ask)
        if isinstance(node.op, ast.Pow):
            right = int(right)
        elif isinstance(left, mpf) != isinstance(right, mpf):
            left, right = number(left), number(right)
        return OPERATORS[type(node.op)](left, right)
    name = node.func.id
    if name == "previous":
        return env[f"previous {node.args[0].id}"]
    arguments = [value(argument, env, ask) for argument in node.args]
    return FUNCTIONS[name](*arguments) if name in FUNCTIONS else ask(name, tuple(arguments))


def interpreted(text, found):
    """The iterate of a text form at the step of a counterexample, with its coefficients and oracle values."""
    fields, key = {}, ""
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        if colon and not line.startswith(" "):
            key = head
            fields[key] = [part for part in rest.split(",") if part.strip()]
        elif line.startswith(" "):
            fields[key].append(line)
    known = {(name, point): answer for name, point, answer in found.oracles}

    def ask(name, point):
        found = [v for (n, place), v in known.items() if n == name and not any(map(differ, place, point))]
        if not found and name.endswith("_conjugate"):  # the instance holds the function itself: Moreau's identity
            step, z = point
            return z - step * ask(name.removesuffix("_conjugate"), (1 / step, z / step))
        return found[0]

    def carry_out(lines, env):
        for line in lines:
            target, _, right = line.partition("=")
            env[target.strip()] = value(ast.parse(right.strip(), mode="eval").body, env, ask)

    def coefficients(step):
        now = {n: v[min(step, len(v) - 1)] for n, v in found.parameters.items()}
        return now | {f"previous {n}": v[min(max(step - 1, 0), len(v) - 1)] for n, v in found.parameters.items()}

    with mp.workdps(50):
        env = coefficients(0) | {"start": found.start}
        carry_out(fields["start"], env)
        for step in range(found.step):
            env |= coefficients(step) | {"t": Fraction(step + 1)}
            carry_out(fields["first"] if step == 0 and "first" in fields else fields["step"], env)
        return env[fields["output"][0].strip()]


@pytest.mark.parametrize(("name", "a", "b", "schedules", "told", "verdict"), PAIRS, ids=[p[0] for p in PAIRS])
def test_a_pair_gets_its_answer(name, a, b, schedules, told, verdict):
    answer = equivalent(a, b, schedules=schedules, map=told)
    assert answer.verdict == verdict, str(answer)
    if verdict == E:
        assert replay(load(answer.proof.to_json()), instances=0).ok
    if verdict == N:
        found = answer.counterexample
        assert differ(found.left, found.right)
        for text, claimed in ((a, found.left), (b, found.right)):
            if "\n" in text and not told:
                assert not differ(interpreted(text, found), claimed)


def test_a_step_that_is_never_defined_is_said_to_be_so():
    (pair,) = [p for p in PAIRS if p[0] == "divided by zero at every start"]
    assert "divides by zero" in equivalent(pair[1], pair[2], map={}).reason


@pytest.mark.parametrize("name", ["start", "t"])
def test_names_that_mean_something_else_are_refused(name):
    with pytest.raises(ValueError, match="not a name to give away"):
        equivalent(gd(f"theta = theta - {name}*gradient(theta)", f"{name} > 0"), GD)
    with pytest.raises(ValueError, match="not a name to give away"):
        equivalent(gd(f"{name} = 2; theta = theta - eta*gradient(theta)"), GD)


def test_decimals_keep_all_their_digits():
    almost = gd("theta = theta - 1.0000000000000000000000000000000000000001*eta*gradient(theta)")
    answer = equivalent(GD, almost, map={})
    assert answer.verdict == N
    assert answer.counterexample.right == -1 - Fraction(1, 10**40)
    assert equivalent(gd("theta = theta - 2.5e-1*eta*gradient(theta)"), gd("theta = theta - eta*gradient(theta)/4")).verdict == E


def test_a_proof_with_odd_names_says_them():
    text = equivalent(gd("theta = theta - T*gradient(theta)", "T > 0"), gd("theta = theta - T*gradient(theta)", "T > 0")).proof.render("text")
    assert "T" in text
