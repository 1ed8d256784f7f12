"""Tables of programs that compute target functions, right and wrong, for test/audit/generated.test.ts.

Written from the formulas of the papers and of the toolkits, in numpy, apart from the list of mistakes in src/audit.
    python generate.py SEED COUNT > tables.jsonl        the grids of angles, then COUNT random tables, one JSON object a line
    python generate.py SEED > tables.jsonl              the grids, then a table of every combination on one grid of each kind
A table has: spec (what is audited), mistake, scale, lam (lambda), dtype, grid, value, right (nothing is wrong), equal (within the
rule it cannot be told from a right one), and want: regular expressions that the first explanation matches, all of them.
"""
import itertools
import json
import math
import sys

import numpy as np

PI = math.pi


def psi(t, m):
    k = np.floor(m * t / PI)
    return (-1.0) ** k * np.cos(m * t) - 2 * k


def tail(beyond):
    def of(t, m):
        return np.where(t < PI - m, np.cos(t + m), beyond(t, m))
    return of


# name: (function of theta and the parameters, parameters to draw from)
TARGETS = {
    "asoftmax": (psi, [(2,), (3,), (4,), (1.5,), (2.7,), (5,)]),
    "naive": (lambda t, m: np.cos(m * t), [(2,), (4,), (1.35,), (0.9,)]),
    "softmax": (lambda t: np.cos(t), [()]),
    "cosface": (lambda t, m: np.cos(t) - m, [(0.35,), (0.4,), (0.1,), (0.27,)]),
    "arcface": (lambda t, m: np.cos(t + m), [(0.5,), (0.3,), (0.2,), (0.45,)]),
    "arcface-easy": (lambda t, m: np.where(np.cos(t) > 0, np.cos(t + m), np.cos(t)), [(0.5,), (0.2,), (0.37,)]),
    "arcface-hard": (tail(lambda t, m: np.cos(t) - m * math.sin(m)), [(0.5,), (0.2,), (0.64,)]),
    "arcface-clip": (lambda t, m: np.cos(np.minimum(t + m, PI)), [(0.5,), (0.2,), (0.37,)]),
    "arcface-plain": (tail(lambda t, m: np.cos(t)), [(0.5,), (0.2,), (0.37,)]),
    "arcface-shift": (tail(lambda t, m: np.cos(t) - 1 + math.cos(m)), [(0.5,), (0.2,), (0.37,)]),
    "arcface-reflect": (tail(lambda t, m: -2 - np.cos(t + m)), [(0.5,), (0.2,), (0.37,)]),
    "combined": (lambda t, a, b, c: np.cos(a * t + b) - c, [(1, 0.3, 0.2), (0.9, 0.4, 0.15), (1, 0.5, 0.1)]),
    "sphereface-r1": (lambda t, m: np.cos(np.minimum(m * t, PI)), [(1.7,), (1.4,), (2,)]),
    "sphereface-r2": (lambda t, m: np.cos(t), [(1.7,), (2,)]),
}
COSINES = ("softmax", "sphereface-r2")
NAMES = {"combined": ("m1", "m2", "m3")}
ANGLES = ("arcface", "arcface-easy", "arcface-hard", "arcface-clip", "arcface-plain", "arcface-shift", "arcface-reflect")


def is_arc(name):
    return name in ANGLES


def psi_of(weight, offset, k=lambda t, m: np.floor(m * t / PI)):
    return lambda t, m: weight(k(t, m)) * np.cos(m * t) + offset(k(t, m))


def sign(k):
    return (-1.0) ** k


def cut(pi):
    return psi_of(sign, lambda k: -2 * k, lambda t, m: np.floor(m * t / pi))


def own(name):
    return TARGETS[name][0]


def through_cosine(change):
    """The target at the angle of a changed cosine."""
    return lambda name: lambda t, *p: own(name)(np.arccos(np.clip(change(np.cos(t)), -1, 1)), *p)


def turned(factor):
    return lambda name: lambda t, *p: own(name)(factor * t, *p)


def with_m(change):
    return lambda name: lambda t, *p: own(name)(t, *change(p))


def under_root(eps):
    def of(name):
        def f(t, m):
            c = np.cos(t)
            phi = c * math.cos(m) - np.sqrt(np.sin(t) ** 2 + eps) * math.sin(m)
            return phi if name == "arcface" else np.where(c > 0, phi, c)
        return f
    return of


# name: (applies to, the function with the mistake, what its explanation says, whether it can stand with a scale or lambda)
MISTAKES = {
    "naive": (("asoftmax",), lambda n: lambda t, m: np.cos(m * t), r"cos\(m theta\) without psi"),
    "-k": (("asoftmax",), lambda n: psi_of(sign, lambda k: -k), "-k in place"),
    "+2k": (("asoftmax",), lambda n: psi_of(sign, lambda k: 2 * k), r"\+2k in place"),
    "no sign": (("asoftmax",), lambda n: psi_of(lambda k: 1, lambda k: -2 * k), r"sign \(-1\)\^k is missing"),
    "k + 1": (("asoftmax",), lambda n: psi_of(lambda k: sign(k + 1), lambda k: -2 * (k + 1)), "k is one too large"),
    "k - 1": (("asoftmax",), lambda n: psi_of(lambda k: sign(k - 1), lambda k: -2 * (k - 1)), "k is one too small"),
    "k rounded": (("asoftmax",), lambda n: psi_of(sign, lambda k: -2 * k, lambda t, m: np.floor(m * t / PI + 0.5)), "k is rounded"),
    "pi 3.14": (("asoftmax",), lambda n: cut(3.14), "pi is cut to 3.14 "),
    "pi 3.1416": (("asoftmax",), lambda n: cut(3.1416), "pi is cut to 3.1416 "),
    "degrees": (tuple(n for n in TARGETS if n != "arcface-easy"), turned(180 / PI), "degrees taken for radians"),
    "radians": (TARGETS, turned(PI / 180), "radians taken for degrees"),
    "theta clamped": (TARGETS, lambda n: lambda t, *p: own(n)(np.clip(t, -1, 1), *p), r"theta is clamped to \[-1, 1\]"),
    "clamp 1e-7": (TARGETS, through_cosine(lambda c: np.clip(c, -1 + 1e-7, 1 - 1e-7)), "clamped at 1 - eps"),
    "clamp 1e-3": (TARGETS, through_cosine(lambda c: np.clip(c, -1 + 1e-3, 1 - 1e-3)), "clamped at 1 - eps"),
    "clamp one end": (TARGETS, through_cosine(lambda c: np.clip(c, -1, 1 - 1e-3)), "not at -1"),
    "norm eps": (tuple(n for n in TARGETS if n not in COSINES), through_cosine(lambda c: c / (1 + 1e-4)), "added to a norm"),
    "other m": (tuple(n for n in TARGETS if n not in (*COSINES, "combined")), with_m(lambda p: (p[0] * 1.25,)), "another m"),
    "truncated": (("asoftmax", "naive", "sphereface-r1"), with_m(lambda p: (math.trunc(p[0]),)), "truncated"),
    "sign of m": (("cosface", "arcface"), with_m(lambda p: (-p[0],)), "the sign of m is wrong"),
    "m degrees": (("arcface",), with_m(lambda p: (p[0] * PI / 180,)), "m in radians is taken for degrees"),
    "m radians": (("arcface",), with_m(lambda p: (p[0] * 180 / PI,)), "m in degrees is taken for radians"),
    "m in pi": (("arcface",), with_m(lambda p: (p[0] * PI,)), "units of pi"),
    "m outside": (("cosface",), lambda n: lambda t, m: 30 * np.cos(t) - m, "outside the scale"),
    "eps under root": (("arcface", "arcface-easy"), under_root(1e-5), r"sqrt\(1 - cos\^2 \+ eps\)"),
    "hard: - m": (("arcface-hard",), lambda n: tail(lambda t, m: np.cos(t) - m), "in place of cos\\(theta\\) - m sin"),
    "hard: half": (("arcface-hard",), lambda n: lambda t, m: np.where(t < PI - m / 2, np.cos(t + m), np.cos(t) - m * math.sin(m)), "pi - m/2"),
    **{f"is {other}": (tuple(n for n in ANGLES if n != other), (lambda o: lambda n: own(o))(other), f"function, {other}") for other in ANGLES},
    "is softmax": (tuple(n for n in TARGETS if n not in COSINES), lambda n: lambda t, *p: np.cos(t), "function, softmax"),
    "blend weight": (("asoftmax", "arcface", "naive"), lambda n: lambda t, m: own(n)(t, m) + 0.3 * np.cos(t), "the cosine is added|the cosine has another weight|lambda"),
    "lambda floor": (("asoftmax", "naive"), lambda n: lambda t, m: (1000 * np.cos(t) + own(n)(t, m)) / 1001, "lambda"),
}

SQUEEZE = {
    "float64": lambda x: x,
    "float32": lambda x: np.float32(x).astype(float),
    "float16": lambda x: np.float16(x).astype(float),
    # Round to nearest even, as torch does.
    "bfloat16": lambda x: (((np.float32(x).view(np.uint32) + 0x7FFF + ((np.float32(x).view(np.uint32) >> 16) & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)).astype(float),
}
UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}


def grids(rng):
    """0 to pi in 91 steps; random in [0, pi]; the angles between random 512-dimensional embeddings."""
    found = {"even": np.linspace(0, PI, 91)}
    for i in range(6):
        found[f"random {i}"] = rng.uniform(0, PI, 40)
        x, w = rng.standard_normal((40, 512)), rng.standard_normal((40, 512))
        found[f"embeddings {i}"] = np.arccos((x * w).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(w, axis=1))
    return found


KINDS = ("even", "random", "embeddings")
SCALES = (1, 30, 64)
LAMBDAS = (0, 5)


def fitting(name):
    """The mistakes that a function can have, and None."""
    return [None, *(mistake for mistake, (to, *_) in MISTAKES.items() if name in to)]


def random_table(rng, angles):
    name = list(TARGETS)[rng.integers(len(TARGETS))]
    choices = TARGETS[name][1]
    parameters = choices[rng.integers(len(choices))]
    mistakes = fitting(name)
    mistake = mistakes[rng.integers(len(mistakes))] if rng.random() > 0.15 else None
    scale, lam = SCALES[rng.integers(3)], LAMBDAS[rng.integers(2)]
    return table(rng, angles, name, parameters, mistake, scale, lam, list(SQUEEZE)[rng.integers(4)], KINDS[rng.integers(3)])


def every_table(rng, angles):
    for name, (_, choices) in TARGETS.items():
        for combination in itertools.product(choices, fitting(name), SCALES, LAMBDAS, SQUEEZE, KINDS):
            yield table(rng, angles, name, *combination)


def table(rng, angles, name, parameters, mistake, scale, lam, dtype, kind):
    # A blend or a scale of a cosine, or one beside the other, is another m or another scale.
    if mistake == "m outside" or (mistake == "norm eps" and name in (*COSINES, "cosface")):
        scale, lam = 1, 0
    # Where lambda is audited too it is no mistake of its own.
    known = lam if rng.random() < 0.5 else 0
    if kind != "even":
        kind += f" {rng.integers(6)}"
    function = TARGETS[name][0]
    theta = angles[kind]
    wrong = function if mistake is None else MISTAKES[mistake][1](name)
    f = wrong(theta, *parameters)
    truth = function(theta, *parameters)
    blend = lambda x, weight: (weight * np.cos(theta) + x) / (1 + weight)
    value = SQUEEZE[dtype](scale * SQUEEZE[dtype](blend(f, lam)))
    def differ(x, y, of):
        """Do x and y, blended, differ by more than 16 roundings of the cosine and of the value make of a right program?"""
        near = 16 * UNIT[dtype]
        ends = [np.arccos(np.clip(np.cos(theta) + d, -1, 1)) for d in (near, -near)]
        spread = sum(np.abs(blend_at(of, t, parameters, lam) - blend_at(of, theta, parameters, lam)) for t in ends)
        size = np.maximum(1, np.abs(y))
        return bool(np.any(np.abs(x - y) > spread + 32 * UNIT[dtype] * size))

    equal = not differ(value, blend(truth, known), function)
    # A mistake that these angles do not show, and a lambda that changes nothing, need not be named.
    visible = mistake is not None and differ(blend(f, lam), blend(truth, lam), function)
    blends = differ(blend(f, lam), blend(f, known), wrong)
    labels = NAMES.get(name, ("m",))
    spec = name + "".join(f":{l}={v}" for l, v in zip(labels, parameters)) + (f":lambda={known}" if known else "")
    want = []
    if scale != 1:
        want.append("scale")
    if lam != known and blends:
        want.append("lambda")
    if visible:
        same = [other for other, (to, make, _) in MISTAKES.items()
                if name in to and other != mistake and not differ(blend(f, lam), blend(make(name)(theta, *parameters), lam), function)]
        want.append("|".join(MISTAKES[x][2] for x in [mistake, *same]))
    return dict(spec=spec, mistake=mistake, scale=scale, lam=lam, dtype=dtype, grid=kind, value=value.tolist(),
                equal=equal, right=mistake is None and scale == 1 and lam == known, want=want)


def blend_at(function, t, parameters, weight):
    return (weight * np.cos(t) + function(t, *parameters)) / (1 + weight)


if __name__ == "__main__":
    rng = np.random.default_rng(int(sys.argv[1]))
    angles = grids(rng)
    print(json.dumps({kind: theta.tolist() for kind, theta in angles.items()}))
    tables = every_table(rng, angles) if len(sys.argv) == 2 else (random_table(rng, angles) for _ in range(int(sys.argv[2])))
    for found in tables:
        print(json.dumps(found))
