import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AuditTable, audit as auditTable } from "../../src/audit/audit.ts";
import { messageText } from "../../src/core/message.ts";
import { type Target, target } from "../../src/core/targets.ts";
import { keptAudits } from "./diagnoses.ts";

const { audit, compare } = keptAudits(auditTable);

type Round = (x: number) => number;
type Code = (theta: number, m: number, r: Round) => number;

const dtypes: readonly ("float64" | "float32")[] = ["float64", "float32"];
const margins = [1.5, 2, 3, 4, 5];
const rounder = { float64: (x: number) => x, float32: Math.fround };
const of = (name: string, parameters: Record<string, number> = {}) => target(name, parameters)!;
const text = ({ diagnosis }: ReturnType<typeof audit>) => messageText(diagnosis);

/**
 * 0, pi, every quarter turn of m theta, the doubles and the float32 numbers
 * beside them, a grid, and a low-discrepancy spread.
 */
function angles(m: number): number[] {
  const marks = [0, Math.PI, ...Array.from({ length: 2 * m + 1 }, (_, j) => (j * Math.PI) / 2 / m)];
  const beside = marks.flatMap((t) => [
    t,
    ...[2 ** -52, 2 ** -23, 2 ** -18].flatMap((e) => [t * (1 - e), t * (1 + e)]),
  ]);
  const tiny = [1e-300, 1e-12, 1e-8, 1e-5, 1e-3].flatMap((d) => [d, Math.PI - d]);
  const grid = Array.from({ length: 60 }, (_, i) => (i * Math.PI) / 59);
  const spread = Array.from({ length: 60 }, (_, i) => Math.PI * ((i * 0.6180339887498949) % 1));
  return [...beside, ...tiny, ...grid, ...spread].filter((t) => t <= Math.PI);
}

function tableOf(code: Code, m: number, dtype: keyof typeof rounder, theta = angles(m)): AuditTable {
  return { theta, value: theta.map((t) => code(t, m, rounder[dtype])) };
}

const cosine: Code = (theta, _, r) => r(Math.cos(theta));
const angleOf: Code = (theta, m, r) => r(Math.acos(cosine(theta, m, r)));
const cosM: Code = (theta, m, r) => r(Math.cos(r(m * angleOf(theta, m, r))));
const segment: Code = (theta, m, r) => Math.floor(r(r(m * angleOf(theta, m, r)) / r(Math.PI)));
const power = (k: number) => (k % 2 === 0 ? 1 : -1);
const psiWith =
  (weight: (k: number) => number, offset: (k: number) => number, k: Code = segment): Code =>
  (theta, m, r) =>
    r(weight(k(theta, m, r)) * cosM(theta, m, r) + offset(k(theta, m, r)));
const acosPsi = psiWith(power, (k) => -2 * k);
const directPsi: Code = (theta, m, r) => {
  const x = r(m * r(theta));
  const k = Math.floor(r(x / r(Math.PI)));
  return r(r(power(k) * r(Math.cos(x))) - 2 * k);
};
const doublePsi: Code = (theta, m) => {
  const k = Math.floor((m * theta) / Math.PI);
  return power(k) * Math.cos(m * theta) - 2 * k;
};
/** The multiple-angle formulas of the authors' code, with k counted from the cosine. */
const polynomials: Record<number, (c: number, r: Round) => number> = {
  2: (c, r) => r(r(2 * r(c * c)) - 1),
  3: (c, r) => r(r(4 * r(c * r(c * c))) - r(3 * c)),
  4: (c, r) => r(r(r(8 * r(r(c * c) * r(c * c))) - r(8 * r(c * c))) + 1),
  5: (c, r) => r(r(r(16 * r(c * r(r(c * c) * r(c * c)))) - r(20 * r(c * r(c * c)))) + r(5 * c)),
};
const polynomialPsi: Code = (theta, m, r) => {
  const c = cosine(theta, m, r);
  let k = 0;
  while (k < m - 1 && c < r(Math.cos(((k + 1) * Math.PI) / m))) k++;
  return r(power(k) * polynomials[m]!(c, r) - 2 * k);
};
const sineOf: Code = (theta, m, r) => r(Math.sqrt(Math.max(0, r(1 - r(cosine(theta, m, r) ** 2)))));
const arc: Code = (theta, m, r) => r(r(cosine(theta, m, r) * r(Math.cos(m))) - r(sineOf(theta, m, r) * r(Math.sin(m))));
const blended =
  (code: Code, lambda: number): Code =>
  (theta, m, r) =>
    r(r(r(lambda * cosine(theta, m, r)) + code(theta, m, r)) / r(1 + lambda));

const right: [name: string, spec: Target[], code: Code][] = [
  ["acos route", margins.map((m) => of("asoftmax", { m })), acosPsi],
  ["direct", margins.map((m) => of("asoftmax", { m })), directPsi],
  ["double", margins.map((m) => of("asoftmax", { m })), doublePsi],
  ["polynomial", [2, 3, 4, 5].map((m) => of("asoftmax", { m })), polynomialPsi],
  ["large m", [of("asoftmax", { m: 1000 })], acosPsi],
  ["blended", margins.map((m) => of("asoftmax", { m, lambda: 5 })), blended(acosPsi, 5)],
  ["naive", margins.map((m) => of("naive", { m })), cosM],
  ["naive polynomial", [2, 3, 4, 5].map((m) => of("naive", { m })), (t, m, r) => polynomials[m]!(cosine(t, m, r), r)],
  ["softmax", [of("softmax")], cosine],
  ["cosface", [of("cosface", { m: 0.35 })], (t, m, r) => r(cosine(t, m, r) - r(m))],
  ["arcface", [0.3, 0.5].map((m) => of("arcface", { m })), arc],
  ["arcface by acos", [of("arcface", { m: 0.5 })], (t, m, r) => r(Math.cos(r(angleOf(t, m, r) + r(m))))],
  [
    "arcface-easy",
    [of("arcface-easy", { m: 0.5 })],
    (t, m, r) => (cosine(t, m, r) > 0 ? arc(t, m, r) : cosine(t, m, r)),
  ],
  [
    "arcface-hard",
    [of("arcface-hard", { m: 0.5 })],
    (t, m, r) =>
      cosine(t, m, r) > r(Math.cos(Math.PI - m)) ? arc(t, m, r) : r(cosine(t, m, r) - r(Math.sin(Math.PI - m) * m)),
  ],
  [
    "sphereface-r1",
    [of("sphereface-r1", { m: 1.7 })],
    (t, m, r) => r(Math.cos(Math.min(r(m * angleOf(t, m, r)), r(Math.PI)))),
  ],
];

describe.each(dtypes)("right in %s", (dtype) => {
  test.each(right)("%s", (_, targets, code) => {
    for (const t of targets) {
      const result = audit(t, tableOf(code, t.parameters.m ?? 1, dtype), dtype);
      expect([t.spec, result.firstBadTheta, text(result)]).toEqual([
        t.spec,
        undefined,
        "every row is right to within rounding",
      ]);
    }
  });
});

test("right at any m and angle", () => {
  const theta = fc.double({ min: 0, max: Math.PI, noNaN: true });
  const near = fc.tuple(fc.nat(64), fc.double({ min: -1e-6, max: 1e-6, noNaN: true }));
  const anywhere = [
    fc.double({ min: 1, max: 64, noNaN: true }),
    fc.array(theta, { minLength: 1 }),
    fc.array(near),
  ] as const;
  fc.assert(
    fc.property(...anywhere, (m, angles, knots) => {
      const beside = knots.map(([k, d]) => ((k % (m + 1)) * Math.PI) / m + d).filter((t) => t >= 0 && t <= Math.PI);
      for (const dtype of dtypes)
        for (const code of [acosPsi, directPsi, doublePsi])
          expect(audit(of("asoftmax", { m }), tableOf(code, m, dtype, [...angles, ...beside]), dtype).passes).toBe(
            true,
          );
    }),
    { seed: 1704, numRuns: 300 },
  );
});

const series =
  (c8: number, c9: number): Code =>
  (theta, m, r) => {
    const x = r(m * angleOf(theta, m, r));
    const terms = [1, -(x ** 2) / 2, x ** 4 / 24, -(x ** 6) / 720, (c8 * x ** 8) / 40320, (c9 * x ** 9) / 362880];
    return Math.min(
      1,
      Math.max(
        -m,
        terms.reduce((sum, term) => r(sum + r(term)), 0),
      ),
    );
  };
const clampedAt =
  (eps: number): Code =>
  (theta, m, r) =>
    acosPsi(Math.acos(Math.min(1 - eps, Math.max(eps - 1, Math.cos(theta)))), m, r);

const wrong: [name: string, ms: number[], code: Code, found?: Record<string, number>][] = [
  ["cos(m theta) without psi", margins, cosM],
  ["-k in place of -2k", margins, psiWith(power, (k) => -k)],
  ["+2k in place of -2k", margins, psiWith(power, (k) => 2 * k)],
  [
    "the sign (-1)^k is missing",
    margins,
    psiWith(
      () => 1,
      (k) => -2 * k,
    ),
  ],
  [
    "k is one too large",
    margins,
    psiWith(
      (k) => power(k + 1),
      (k) => -2 * (k + 1),
    ),
  ],
  [
    "k is one too small",
    margins,
    psiWith(
      (k) => power(k - 1),
      (k) => -2 * (k - 1),
    ),
  ],
  [
    "k is rounded, not floored",
    margins,
    psiWith(
      power,
      (k) => -2 * k,
      (t, m, r) => Math.round(r(r(m * angleOf(t, m, r)) / r(Math.PI))),
    ),
  ],
  [
    "degrees taken for radians",
    margins,
    (t, m, r) => directPsi((t * 180) / Math.PI, m, r === Math.fround ? (x) => x : r),
  ],
  ["radians taken for degrees", margins, (t, m, r) => directPsi((t / 180) * Math.PI, m, r)],
  ["another m", margins, (t, _, r) => acosPsi(t, 3.7, r), { m: 3.7 }],
  ["m is truncated to a whole number", [1.5, 1.9], (t, m, r) => acosPsi(t, Math.trunc(m), r), { m: 1 }],
  ["m is truncated to a whole number", [4.25, 4.75], (t, m, r) => acosPsi(t, Math.trunc(m), r), { m: 4 }],
  ["m is truncated to a whole number", [2000.5], (t, m, r) => acosPsi(t, Math.trunc(m), r), { m: 2000 }],
  ["a scale factor is left in", margins, (t, m, r) => r(64 * acosPsi(t, m, r)), { scale: 64 }],
  ["a scale factor is left in", margins, (t, m, r) => -acosPsi(t, m, r), { scale: -1 }],
  ["a lambda blend is left in", margins, blended(acosPsi, 5), { lambda: 5 }],
  ["a lambda blend is left in", margins, blended(acosPsi, 1000), { lambda: 1000 }],
  ["the cosine is clamped at 1 - eps", margins, clampedAt(1e-5), { eps: 1e-5 }],
  ["the cosine is clamped at 1 - eps", margins, clampedAt(2e-3), { eps: 2e-3 }],
  ["a Taylor series with -x^9/9! in place of +x^8/8!, clamped at -m", margins, series(0, -1)],
  ["a Taylor series with +x^9/9! in place of +x^8/8!, clamped at -m", margins, series(0, 1)],
  ["a Taylor series with a stray last term -x^9/9!, clamped at -m", margins, series(1, -1)],
  ["another function, cosface", margins, (t, m, r) => r(cosine(t, m, r) - r(0.35)), { m: 0.35 }],
  ["another function, arcface", margins, (t, _, r) => arc(t, 0.5, r), { m: 0.5 }],
  [
    "another function, arcface-easy",
    margins,
    (t, m, r) => (cosine(t, m, r) > 0 ? arc(t, 0.4, r) : cosine(t, m, r)),
    { m: 0.4 },
  ],
  ["another function, arcface-hard", margins, (t, _, r) => r(of("arcface-hard", { m: 0.5 }).value(t)), { m: 0.5 }],
  [
    "another function, combined",
    margins,
    (t, _, r) => r(Math.cos(r(r(0.9 * angleOf(t, 1, r)) + r(0.4))) - r(0.15)),
    { m1: 0.9, m2: 0.4, m3: 0.15 },
  ],
  [
    "another function, sphereface-r1",
    margins,
    (t, _, r) => r(Math.cos(Math.min(r(1.7 * angleOf(t, 1, r)), r(Math.PI)))),
    { m: 1.7 },
  ],
  ["another function, naive", margins, (t, _, r) => cosM(t, 2.6, r), { m: 2.6 }],
];

describe.each(dtypes)("wrong in %s", { timeout: 60000 }, (dtype) => {
  test.each(wrong)("%s", (name, ms, code, found = {}) => {
    for (const m of ms) {
      const result = audit(of("asoftmax", { m }), tableOf(code, m, dtype), dtype);
      expect(result.passes).toBe(false);
      expect({ m, names: result.candidates.map((c) => c.name) }).toEqual({ m, names: [name] });
      const near = Object.entries(found).map(([k, x]) => [k, expect.closeTo(x, dtype === "float64" ? 10 : 4)]);
      expect(result.candidates[0]!.parameters).toEqual(Object.fromEntries(near));
    }
  });
});

test.each([3.14, 31415e-4, 31416e-4])("pi is cut to %s where k is found", (pi) => {
  for (const m of [2, 3, 4, 5]) {
    // Beside the knots the segments differ, and so little does psi that float64 alone shows it.
    const beside = [-1e-3, -2e-4, -1e-5, 1e-6].flatMap((d) => [1, 2, 3, 4].map((k) => ((k * Math.PI) / m) * (1 + d)));
    const theta = beside.filter((t) => t < Math.PI);
    const code = psiWith(
      power,
      (k) => -2 * k,
      (t) => Math.floor((m * t) / pi),
    );
    const { candidates } = audit(of("asoftmax", { m }), tableOf(code, m, "float64", theta), "float64");
    expect(candidates.map(({ name }) => name)).toEqual([`pi is cut to ${pi} where k is found`]);
  }
});

test("where few rows are there, pi is cut to 3.14 rather than to 3", () => {
  const withPi = (pi: number, theta: readonly number[]) => {
    const code = psiWith(
      power,
      (k) => -2 * k,
      (t) => Math.floor((4 * t) / pi),
    );
    const { candidates } = audit(of("asoftmax", { m: 4 }), tableOf(code, 4, "float64", [...theta]), "float64");
    return candidates.map(({ name }) => name);
  };
  const few = [0.3, 0.7851, 1, 1.5703, 2, 2.3555, 3, 3.1412];
  expect(withPi(3.14, few)).toEqual(["pi is cut to 3.14 where k is found"]);
  const many = Array.from({ length: 182 }, (_, i) => (i * Math.PI) / 181);
  expect(withPi(3, many)).toEqual(["pi is cut to 3 where k is found"]);
});

const m4 = of("asoftmax", { m: 4 });
const named = (result: ReturnType<typeof audit>) => result.candidates.map(({ column, name }) => `${column}: ${name}`);

describe("gradients", () => {
  const slope: Code = (t, m, r) => r(r(-m) * Math.abs(Math.sin(r(m * angleOf(t, m, r)))));
  const autograd: Code = (t, m, r) => {
    const x = r(m * angleOf(t, m, r));
    return r(r(-m * power(Math.floor(r(x / r(Math.PI))))) * r(Math.sin(x)));
  };
  const cases: [name: string, code: Code, found: string[]][] = [
    ["right", slope, []],
    ["right, by pieces", autograd, []],
    [
      "by cosine",
      (t, m, r) => r(of("asoftmax", { m }).slopeByCosine(t)),
      ["gradient: the gradient is by cos(theta), not theta"],
    ],
    ["sign flipped", (t, m, r) => -slope(t, m, r), ["gradient: the gradient has its sign flipped"]],
    ["no m", (t, m, r) => r(slope(t, m, r) / m), ["gradient: the gradient lacks the factor m"]],
    ["another", (t, m, r) => r(slope(t, m, r) / 2 + 0.1), []],
  ];
  test.each(dtypes.flatMap((dtype) => cases.map((c) => [dtype, ...c] as const)))(
    "%s: %s",
    (dtype, name, code, found) => {
      for (const m of margins) {
        const { theta, value } = tableOf(acosPsi, m, dtype);
        const gradient = angles(m).map((t) => code(t, m, rounder[dtype]));
        const result = audit(of("asoftmax", { m }), { theta, value, gradient }, dtype);
        expect([m, result.passes, result.firstBad]).toEqual([m, name.startsWith("right"), -1]);
        expect([m, ...named(result)]).toEqual([m, ...found]);
      }
    },
  );

  test("sphereface-r1 without the factor m, flat piece included", () => {
    const r1 = of("sphereface-r1", { m: 2 });
    const gradient = angles(2).map((t) => r1.slope(t) / 2);
    expect(named(audit(r1, { theta: angles(2), value: angles(2).map(r1.value), gradient }, "float64"))).toEqual([
      "gradient: the gradient lacks the factor m",
    ]);
  });

  test("with lambda the factor m is missing from psi's part", () => {
    const theta = angles(4);
    const blend = of("asoftmax", { m: 4, lambda: 5 });
    const gradient = theta.map((t) => (-5 * Math.sin(t) - Math.abs(Math.sin(4 * t))) / 6);
    expect(named(audit(blend, { theta, value: theta.map(blend.value), gradient }, "float64"))).toEqual([
      "gradient: the gradient lacks the factor m",
    ]);
  });
});

test("a margin outside a scale that is given", () => {
  const theta = angles(4);
  const value = theta.map((t) => 64 * Math.cos(t) - 0.35);
  const result = audit(of("cosface"), { theta, value, scale: 64 }, "float64");
  expect(named(result)).toEqual(["value: m is outside the scale: scale * cos - m"]);
});

test.each([28.65, 28.648, 28.6])("%s degrees for 0.5 radians, taken for radians", (m) => {
  const theta = angles(4);
  const value = theta.map((t) => Math.cos(t + m));
  const result = audit(of("arcface"), { theta, value }, "float64");
  expect(named(result)).toEqual(["value: m in degrees is taken for radians"]);
});

test("k rounded up: at 0 it is right", () => {
  const theta = Array.from({ length: 181 }, (_, i) => (i * Math.PI) / 180);
  const value = theta.map((t) => {
    const k = Math.ceil((4 * t) / Math.PI);
    return (-1) ** k * Math.cos(4 * t) - 2 * k;
  });
  expect(named(audit(m4, { theta, value }, "float64"))).toEqual(["value: k is rounded up, not floored"]);
});

describe("other targets", () => {
  const cases: [audited: Target, table: Target, found: string[], parameters: Record<string, number>][] = [
    [of("cosface"), of("cosface", { m: 0.4 }), ["value: another m"], { m: 0.4 }],
    [of("arcface"), of("arcface", { m: 0.3 }), ["value: another m"], { m: 0.3 }],
    [of("arcface"), m4, ["value: another function, asoftmax"], { m: 4 }],
    [of("sphereface-r1"), of("sphereface-r1", { m: 1 }), ["value: m is truncated to a whole number"], { m: 1 }],
    [of("naive"), m4, ["value: another function, asoftmax"], { m: 4 }],
    [m4, of("softmax"), ["value: another function, softmax"], {}],
    [
      of("combined"),
      of("combined", { m1: 1.1, m2: 0.2, m3: 0.1 }),
      ["value: other parameters"],
      { m1: 1.1, m2: 0.2, m3: 0.1 },
    ],
    [of("asoftmax", { lambda: 5 }), m4, ["value: another lambda"], { lambda: 0 }],
    [of("asoftmax", { lambda: 5 }), of("naive", { lambda: 5 }), ["value: cos(m theta) without psi"], {}],
    [of("sphereface-r1"), of("sphereface-r1", { m: 2 }), ["value: another m"], { m: 2 }],
  ];
  test.each(cases)("$spec", (audited, table, found, parameters) => {
    for (const dtype of dtypes) {
      const theta = angles(4);
      const result = audit(audited, { theta, value: theta.map((t) => rounder[dtype](table.value(t))) }, dtype);
      expect(named(result)).toEqual(found);
      const near = Object.entries(parameters).map(([k, x]) => [k, expect.closeTo(x, 5)]);
      expect(result.candidates[0]!.parameters).toEqual(Object.fromEntries(near));
    }
  });
});

test("combined is found at any of its parameters", () => {
  const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(within(0.5, 3.5), within(0.1, 2.8), within(0.1, 2), (m1, m2, m3) => {
      const theta = angles(1);
      const result = audit(m4, { theta, value: theta.map(of("combined", { m1, m2, m3 }).value) }, "float64");
      expect(named(result)).toEqual(["value: another function, combined"]);
    }),
    { seed: 1801, numRuns: 15, examples: [[3, 2.5, 1.9]] },
  );
});

const MIX =
  "a mix of target and cosine, none of the mistakes known by name: scale * target + weight * cos(theta) + offset";

describe("what else a table can hold", () => {
  const theta = angles(4);
  const value = theta.map((t) => acosPsi(t, 4, (x) => x));

  test("NaN and infinity are counted, located and fail", () => {
    const broken = value.with(7, Number.NaN).with(9, Number.POSITIVE_INFINITY);
    const result = audit(m4, { theta, value: broken }, "float64");
    expect(result).toMatchObject({
      passes: false,
      notFinite: 2,
      firstNotFinite: 7,
      firstBad: 7,
      firstBadTheta: theta[7],
    });
    expect(result.maxUlpError).toBeLessThan(100);
    expect(text(result)).toMatch(new RegExp(`^value: 2 not finite, first at ${theta[7]}; acos of`));
  });

  test("NaN rows do not hide another mistake", () => {
    const naive = theta.map((t) => Math.cos(4 * t)).with(3, Number.NaN);
    const result = audit(m4, { theta, value: naive }, "float64");
    expect([named(result), result.notFinite]).toEqual([["value: cos(m theta) without psi"], 1]);
  });

  test("a wrong function with a gradient of its own is one mistake; values that nothing explains are always said", () => {
    const naive = of("naive", { m: 4 });
    const own = audit(m4, { theta, value: theta.map(naive.value), gradient: theta.map(naive.slope) }, "float64");
    expect(text(own)).toMatch(
      /^value: cos\(m theta\) without psi, [^;]*; gradient: the gradient is that of cos\(m theta\), to within [^;]*$/,
    );
    const odd = { theta, value: theta.map((t) => t), gradient: theta.map((t) => -m4.slope(t)) };
    expect(text(audit(m4, odd, "float64"))).toMatch(
      /^value: .* no known .*; gradient: the gradient has its sign flipped/,
    );
  });

  test("one bad row that nothing explains is shown", () => {
    const row = value.findIndex((x) => x < -4);
    const result = audit(m4, { theta, value: value.with(row, value[row]! + 2e-12) }, "float64");
    const firstBadTheta = theta[row];
    expect(result).toMatchObject({ passes: false, worst: row, firstBad: row, firstBadTheta, candidates: [] });
    // An ulp of a value from 4 to 8 is 2^-50.
    expect(Math.abs(result.maxUlpError - 2e-12 * 2 ** 50)).toBeLessThan(50);
    expect(text(result)).toMatch(/^value: \d+ of \d+ rows wrong, and no known mistake explains it; worst at /);
  });

  test("the first bad row is the first of both columns; none is -1", () => {
    const gradient = theta.map(m4.slope);
    const both = { theta, value: value.with(20, 0.5), gradient: gradient.with(12, 3) };
    expect(audit(m4, both, "float64").firstBadTheta).toBe(theta[12]);
    const right = audit(m4, { theta, value: theta.map(m4.value), gradient }, "float64");
    expect(right).toMatchObject({ firstBad: -1, firstNotFinite: -1, firstBadTheta: undefined });
  });

  test("a scale that is not above 0 throws", () => {
    for (const scale of [0, -1, Number.NaN])
      expect(() => audit(m4, { theta, value, scale: theta.map((_, i) => (i === 3 ? scale : 1)) }, "float64")).toThrow(
        `the scale of row 3 is ${scale}: it must be above 0`,
      );
  });

  test("two mistakes are named with a comma between", () => {
    const [first] = audit(m4, { theta, value: theta.map((t) => 30 * Math.cos(4 * t)) }, "float64").candidates;
    expect(first?.name).toBe("a scale factor is left in, and cos(m theta) without psi");
  });

  test("too few rows are explained by nothing that is searched for", () => {
    const result = audit(m4, { theta: [1], value: [0.3] }, "float64");
    expect([result.passes, result.candidates]).toEqual([false, []]);
  });

  test.each([
    [64, 5, MIX],
    [1, 0, MIX],
  ])("scale %d and lambda %d left in, and 1 added", (scale, lambda, name) => {
    const mixed = theta.map((t, i) => (scale * (lambda * Math.cos(t) + value[i]!)) / (1 + lambda) + 1);
    expect(named(audit(m4, { theta, value: mixed }, "float64"))).toEqual([`value: ${name}`]);
  });

  test("a cosine clamped at one end only", () => {
    const oneEnd = theta.map((t) => m4.value(Math.max(t, Math.acos(1 - 1e-4))));
    expect(named(audit(m4, { theta, value: oneEnd }, "float64"))).toEqual([
      "value: the cosine is clamped at 1 - eps, not at -1 + eps",
    ]);
  });

  test("the gradient of the naive target beside a right psi", () => {
    const gradient = theta.map((t) => -4 * Math.sin(4 * t));
    expect(named(audit(m4, { theta, value, gradient }, "float64"))).toEqual([
      "gradient: the gradient is that of cos(m theta)",
    ]);
  });

  test("a gradient of 0 at an angle beyond pi is not right, however coarse the type", () => {
    const table = { theta: [1, 3.2], value: [m4.value(1), -7], gradient: [m4.slope(1), 0] };
    expect(audit(m4, table, "bfloat16").gradient).toMatchObject({ bad: 1, notFinite: 1, firstNotFinite: 1 });
  });

  test("below pi/m the table cannot tell", () => {
    const low = theta.filter((t) => t <= Math.PI / 4);
    const right = audit(m4, { theta: low, value: low.map((t) => Math.cos(4 * t)) }, "float64");
    expect([right.passes, text(right)]).toEqual([
      true,
      expect.stringContaining("up to 0.7853981633974483 asoftmax, naive and sphereface-r1 are the same"),
    ]);
    const other = audit(m4, { theta: low, value: low.map((t) => Math.cos(3 * t)) }, "float64");
    expect(named(other)).toEqual(["value: another m"]);
  });

  test("cancelled digits and a cosine clamped by 1e-12 do not pass", () => {
    const cancelled = theta.map((t, i) => value[i]! + 100 - 100 + 1e-13 * Math.sin(1e3 * t));
    expect(audit(m4, { theta, value: cancelled }, "float64").passes).toBe(false);
    const result = audit(m4, tableOf(clampedAt(1e-12), 4, "float64"), "float64");
    expect(named(result)).toEqual(["value: the cosine is clamped at 1 - eps"]);
    expect(result.candidates[0]!.parameters.eps! / 1e-12).toBeCloseTo(1, 2);
  });

  test("where float32 tells little, at m = 2^20, the closest is named", () => {
    const grid = Array.from({ length: 300 }, (_, i) => (i * Math.PI) / 299);
    const table = { theta: grid, value: grid.map(of("asoftmax", { m: 2 ** 18 }).value) };
    const result = audit(of("asoftmax", { m: 2 ** 20 }), table, "float32");
    expect([named(result), result.candidates[0]?.parameters.m]).toEqual([["value: another m"], 2 ** 18]);
  });

  test.each([20, 1000, 20_000])("%i rows", (n) => {
    const grid = Array.from({ length: n }, (_, i) => (i * Math.PI) / (n - 1));
    expect(audit(m4, tableOf(acosPsi, 4, "float32", grid), "float32").passes).toBe(true);
    const found = (code: Code) => audit(m4, tableOf(code, 4, "float32", grid), "float32").candidates[0];
    expect(found(psiWith(power, (k) => -k))).toMatchObject({ name: "-k in place of -2k" });
    expect(found((t, _, r) => cosM(t, 2.6, r))).toMatchObject({
      name: "another function, naive",
      parameters: { m: expect.closeTo(2.6, 5) },
    });
    expect(found(clampedAt(1e-4))).toMatchObject({ parameters: { eps: expect.closeTo(1e-4, 6) } });
  });

  test("a table without rows, or with columns that differ, is refused", () => {
    expect(() => audit(m4, { theta: [], value: [] }, "float64")).toThrow("the table has no rows: nothing to audit");
    expect(() => audit(m4, { theta: [1], value: [] }, "float64")).toThrow("the columns of the table differ in length");
    expect(() => audit(m4, { theta: [1], values: [1] } as never, "float64")).toThrow("or one is missing");
    expect(() => audit(m4, { value: [1] } as never, "float64")).toThrow("the table has no rows: nothing to audit");
    for (const more of [{ gradient: [1, 2] }, { scale: [1, 2] }])
      expect(() => audit(m4, { theta: [1], value: [1], ...more }, "float64")).toThrow("differ in length");
    expect(() => audit(m4, { theta: [1], value: [1] }, "fp32" as never)).toThrow(
      "dtype is fp32: it must be one of float64, float32, float16, bfloat16",
    );
  });
});

const clip = (c: number, eps: number) => Math.max(-1 + eps, Math.min(1 - eps, c));
const hard = (t: number, m: number, end: number, c: number) => (t < end ? Math.cos(t + m) : Math.cos(t) - c);
const signed = (t: number, by: number, k: number) => ((k + by) % 2 === 0 ? Math.cos(4 * t) : -Math.cos(4 * t));
const kOf = (t: number) => Math.min(3, Math.floor((4 * t) / Math.PI));
// biome-ignore format: a table
const PROGRAMS: [name: string, Record<string, number>, value: (t: number) => number, words: string, found: Record<string, number>][] = [
  ["asoftmax", { m: 1.35 }, (t) => Math.cos(1.35 * Math.acos(clip(Math.cos(t), 1e-7))), "cos(m theta) without psi, and the cosine is clamped at 1 - eps", { eps: 1e-7 }],
  ["asoftmax", { m: 4 }, (t) => signed(t, 1, kOf(t)) - 2 * kOf(t), "the sign is (-1)^(k + 1) in place of (-1)^k", {}],
  ["asoftmax", { m: 4 }, (t) => signed(t, 0, kOf(t)), "-2k is missing", {}],
  ["arcface-hard", { m: 0.35 }, (t) => hard(t, 0.35, Math.PI - 0.35, 0.2), "beyond pi - m: cos(theta) - c", { c: 0.2 }],
  ["arcface-hard", { m: 0.5 }, (t) => hard(t, 0.5, Math.PI / 2, 0.5 * Math.sin(0.5)), "the change is at pi/2 in place of pi - m", {}],
  ["combined", { m2: 0.2, m3: 0.3 }, (t) => Math.cos(Math.min(t + 0.2, Math.PI)) - 0.3, "the angle is held at pi", {}],
  ["cosface", { m: 0.35 }, (t) => Math.cos(t) - (t < Math.PI / 2 ? 0.35 : 0), "the margin is only where cos(theta) > 0", {}],
];
test.each(PROGRAMS)("what public programs give: %s %o: %s", (name, parameters, value, words, found) => {
  const theta = Array.from({ length: 90 }, (_, i) => (i * Math.PI) / 89);
  const { candidates } = audit(of(name, parameters), { theta, value: theta.map(value) }, "float64");
  expect(candidates.map((one) => [one.name, one.parameters])).toEqual([[words, found]]);
});

test("a clamp that shows in one row alone, in float32", () => {
  const theta = Array.from({ length: 31 }, (_, i) => i / 10);
  const round = Math.fround;
  const value = theta.map((t) =>
    round(Math.cos(Math.min(Math.acos(Math.min(Math.cos(t), round(1 - 1e-5))) + 0.5, Math.PI))),
  );
  const [first] = audit(of("arcface-clip"), { theta, value }, "float32").candidates;
  expect([first?.name, first?.parameters]).toEqual(["the cosine is clamped at 1 - eps", { eps: 1e-5 }]);
});

test("NaN where the cosine is 1 names the acos", () => {
  const value = [0, 0.5, 1].map((t) => (t === 0 ? Number.NaN : Math.cos(t + 0.5)));
  expect(text(audit(of("arcface"), { theta: [0, 0.5, 1], value }, "float64"))).toMatch(
    /acos of a cosine .* clamp the cosine/,
  );
});

describe("values that were rounded when they were printed", () => {
  const theta = Array.from({ length: 40 }, (_, i) => Math.PI * ((i * 0.6180339887498949) % 1));
  const rounded = (decimals: number, xs: readonly number[]) => xs.map((x) => Number(x.toFixed(decimals)));
  const found = (decimals: number, of: (t: number) => number, angles = rounded(decimals, theta)) =>
    text(audit(m4, { theta: angles, value: rounded(decimals, theta.map(of)) }, "float64"));

  test.each([2, 3, 4, 5])("%d decimals: right to them, with angles printed or not", (decimals) => {
    const right = `right to the ${decimals} decimals that are given: write the values with all their digits`;
    expect(found(decimals, m4.value)).toContain(right);
    expect(found(decimals, m4.value, theta)).toContain(right);
    const off = (t: number) => m4.value(t) + (t > 2 ? 2 : 0) * 10 ** -decimals;
    expect(found(decimals, off, theta)).not.toContain("right to");
  });

  test.each([2, 3, 4, 5])("%d decimals: the mistake to within a few units of the last", (decimals) => {
    expect(found(decimals, (t) => Math.cos(4 * t))).toMatch(
      `to ${decimals} decimals: cos(m theta) without psi, to within`,
    );
  });

  test("a mistake that is off by many units of the last decimal explains nothing", () => {
    expect(found(4, (t) => Math.cos(4 * t) + 0.01)).not.toContain("to 4 decimals");
  });

  test.each([2, 3, 4, 5])("%d decimals: a scale of 1.01 is no other mistake", (decimals) => {
    expect(found(decimals, (t) => 1.01 * m4.value(t))).toContain(
      `to ${decimals} decimals: a scale factor is left in with scale = 1.01, to within`,
    );
  });

  test("logits are compared before their scale is taken out", () => {
    const table = {
      theta,
      value: rounded(
        2,
        theta.map((t) => 30 * m4.value(t)),
      ),
      scale: 30,
    };
    expect(text(audit(m4, table, "float64"))).toContain("right to the 2 decimals that are given");
  });

  test("angles in fewer decimals than the values are exact", () => {
    const angles = rounded(2, theta);
    const at = (shift: number) => ({
      theta: angles,
      value: rounded(
        4,
        angles.map((t) => m4.value(t + shift)),
      ),
    });
    expect(text(audit(m4, at(0), "float64"))).toContain("right to the 4 decimals that are given");
    expect(text(audit(m4, at(-0.004), "float64"))).not.toContain("right to");
  });

  test("a gradient of 0 where the cosine is 1 is right", () => {
    const arcface = target("arcface")!;
    const gradient = [0, ...rounded(3, theta.slice(1).map(arcface.slope))];
    const table = { theta, value: theta.map(arcface.value), gradient };
    expect(text(audit(arcface, table, "float64"))).toContain("gradient: 39 of 40 rows wrong; right to the 3 decimals");
  });

  test("5 decimals of a program in float32 are right to them", () => {
    // Off by little more than half a unit of the last decimal: rounded to the farther neighbour.
    const { value: own } = of("arcface");
    const farther = (x: number) => Number((x + (Number(x.toFixed(5)) < x ? 0.5e-5 : -0.5e-5)).toFixed(5));
    const angles = Array.from({ length: 999 }, (_, i) => i / 318).filter(
      (t) => Math.abs(farther(own(t)) - own(t)) < 6e-6,
    );
    const table = { theta: angles, value: angles.map((t) => farther(own(t))) };
    expect(angles.length).toBeGreaterThan(20);
    expect(text(audit(of("arcface"), table, "float64"))).toContain("right to the 5 decimals that are given");
  });

  test("seven rows are too few to tell", () => {
    const few = rounded(4, theta).slice(0, 7);
    expect(text(audit(m4, { theta: few, value: rounded(4, few.map(m4.value)) }, "float64"))).not.toContain("right to");
  });
});

test("functions that the table is right for too are named", () => {
  const theta = Array.from({ length: 20 }, (_, i) => (i * Math.PI) / 19);
  const like = (dtype: "float64" | "float32") =>
    text(audit(of("arcface", { m: 1e-9 }), { theta, value: theta.map(Math.cos) }, dtype));
  expect(like("float32")).toContain("cosface");
  expect(like("float32")).toContain("would pass as well");
  expect(like("float64")).not.toContain("cosface");
});

test.each([
  [0, "the cosine is added with a weight", { weight: 0.3 }],
  [5, "the cosine has another weight than lambda", { weight: 7 }],
])("lambda = %d: %s", (lambda, name, parameters) => {
  const theta = Array.from({ length: 40 }, (_, i) => Math.PI * ((i * 0.6180339887498949) % 1));
  const value = theta.map((t) => (parameters.weight * Math.cos(t) + m4.value(t)) / (1 + lambda));
  const [first] = audit(of("asoftmax", { m: 4, lambda }), { theta, value }, "float64").candidates;
  expect([first?.name, first?.parameters]).toEqual([name, parameters]);
});

test("one wrong row is explained by a number of one digit, not by any number", () => {
  const theta = [0, 0.5, 1, 1.5, 2, 2.5];
  const first = (eps: number, rows = theta, dtype: "float64" | "float16" = "float64") => {
    const value = rows.map((t) => Math.cos(Math.acos(Math.min(1 - eps, Math.cos(t))) + 0.5));
    return audit(of("arcface"), { theta: rows, value }, dtype).candidates[0];
  };
  expect(first(0.003)).toMatchObject({ name: expect.stringMatching(/clamped at 1 - eps/), parameters: { eps: 0.003 } });
  expect(first(0.00123)).toBeUndefined();
  expect(first(0.003, [0])).toBeUndefined();
  expect(first(0.003, theta, "float16")).toBeUndefined();
});

test("functions that explain a table equally are named together", () => {
  const theta = [0, 0.3, 0.8, 1.5, 2];
  const result = audit(of("arcface-easy"), { theta, value: theta.map((t) => Math.cos(t + 0.5)) }, "float64");
  expect(text(result)).toMatch(
    /^value: another function, arcface or arcface-hard or arcface-clip or [a-z -]* with m = 0.5, to within [^,]* or beyond pi - m/,
  );
  expect(result.candidates.filter(({ name }) => name.startsWith("another function")).length).toBe(6);
});

describe("what programs do", () => {
  const arcface = of("arcface");
  // Irregular, many of them near 0 and pi.
  const theta = Array.from({ length: 400 }, (_, i) => Math.PI * Math.sin(i / 250) ** 2).filter((t) => t > 0);
  const value = theta.map(arcface.value);
  const said = (table: Omit<AuditTable, "theta">, target = arcface, dtype: "float64" | "float32" = "float64") =>
    text(audit(target, { theta, ...table }, dtype)).replace(/, to within .*/, "");

  test.each(dtypes)("%s: a gradient that reaches theta through a rounded cosine is right", (dtype) => {
    const r = rounder[dtype];
    const through = (factor: number) =>
      theta.map((t) => {
        const c = r(Math.cos(r(t)));
        const inverse = r(-1 / r(Math.sqrt(r(1 - r(c * c)))));
        return factor * r(r(-r(Math.sin(r(Math.acos(c) + 0.5))) * inverse) * r(-Math.sin(t)));
      });
    const near = theta.map((t) => t > 1e-3 && t < Math.PI - 1e-3);
    const table = (factor: number) => {
      const gradient = through(factor).filter((_, i) => near[i]);
      return { theta: theta.filter((_, i) => near[i]), value: value.filter((_, i) => near[i]).map(r), gradient };
    };
    expect(text(audit(arcface, table(1), dtype))).toMatch(/^every row is right/);
    expect(audit(arcface, table(1.001), dtype).gradient!.bad).toBeGreaterThan(300);
  });

  test.each([
    ["the gradient is divided by the number of rows", 1 / theta.length],
    ["the gradient is by degrees, not radians", Math.PI / 180],
  ])("%s", (words, factor) => {
    const gradient = theta.map((t) => factor * arcface.slope(t));
    expect(said({ value, gradient })).toBe(`gradient: ${words}`);
  });

  test("sine and cosine of m are swapped", () => {
    const swapped = theta.map((t) => Math.cos(t) * Math.sin(0.5) - Math.sin(t) * Math.cos(0.5));
    expect(said({ value: swapped })).toBe("value: sin(m) and cos(m) are swapped");
  });

  test.each([0.2, 0.25, 0.05])("another m of cosface, %d, is no lambda", (m) => {
    expect(said({ value: theta.map((t) => Math.cos(t) - m) }, of("cosface"))).toBe(`value: another m with m = ${m}`);
  });

  test("a lambda of cosface that is rounder than m is one", () => {
    const blended = theta.map((t) => Math.cos(t) - 0.35 / 6);
    expect(said({ value: blended }, of("cosface"))).toBe("value: a lambda blend is left in with lambda = 5");
  });

  test("a scale that is given and wrong is named as it is", () => {
    const scale = 64;
    const logits = (s: number) => value.map((x) => s * x);
    expect(said({ value: logits(30), scale })).toBe("value: another scale with scale = 30");
    expect(said({ value: logits(1), scale })).toBe("value: another scale with scale = 1");
    const norms = theta.map((_, i) => 5 + (i % 7));
    const doubled = value.map((x, i) => 2 * norms[i]! * x);
    expect(said({ value: doubled, scale: norms })).toBe("value: a factor on the scale with factor = 2");
    const blend = value.map((x, i) => (30 * (5 * Math.cos(theta[i]!) + x)) / 6);
    expect(said({ value: blend, scale })).toMatch(
      /^value: another scale, and a lambda blend is left in with scale = 30, lambda = 5/,
    );
    const squared = value.map((x, i) => norms[i]! ** 2 * x);
    expect(said({ value: squared, scale: norms })).not.toContain("give --scale");
  });

  test("values in 6 digits are right to these, or explained", () => {
    const six = (of: (t: number) => number) => theta.map((t) => Number(of(t).toPrecision(6)));
    expect(said({ value: six(arcface.value) })).toContain("right to the 6 digits that are given");
    expect(said({ value: six((t) => 64 * arcface.value(t)), scale: 64 })).toContain("right to the 6 digits");
    expect(said({ value: six((t) => Math.cos(t - 0.5)) })).toContain("to 6 digits: the sign of m is wrong");
    expect(said({ value: six((t) => arcface.value(t) * (1 + 1e-4)) })).not.toContain("right to");
  });

  test("numbers of float16 are known in 8 digits too", () => {
    const half = theta.map((t) => Number((Math.round(arcface.value(t) * 1024) / 1024).toPrecision(8)));
    expect(said({ value: half }, arcface, "float32")).toContain("right as float16");
  });
});

test("a slope by differences is no pair of mistakes that undo one another", () => {
  const own = of("arcface");
  const theta = Array.from({ length: 91 }, (_, i) => 0.01 + (i * 3.1) / 90);
  const said = (slope: (t: number) => number, rows = theta) => {
    const table = { theta: rows, value: rows.map(own.value), gradient: rows.map(slope) };
    return audit(own, table, "float64").candidates.map(({ name, parameters }) => [name, parameters]);
  };
  const noise = (t: number) => own.slope(t) + (t > 1.6 ? 1e-13 : -1e-13);
  const differences = (t: number) => (own.value(t + 1e-3) - own.value(t - 1e-3)) / 2e-3;
  for (const slope of [noise, differences, (t: number) => (Math.sin(0.01) / 0.01) * own.slope(t) + 1e-13])
    expect(said(slope).filter(([name]) => /and the gradient/.test(String(name)))).toEqual([]);
  const mean = [["a scale factor is left in, and the gradient is divided by the number of rows", { scale: 64 }]];
  expect(said((t) => (64 * own.slope(t)) / 91)).toEqual(mean);
});

test("numbers of %g have digits, though they may have few decimals too", () => {
  const theta = Array.from({ length: 40 }, (_, i) => (i * Math.PI) / 40);
  const value = theta.map((t) => Number((640 * Math.cos(t + 0.5)).toPrecision(6)));
  const given = value.filter((x) => Math.abs(x) > 10);
  const table = { theta: theta.filter((_, i) => Math.abs(value[i]!) > 10), value: given, scale: 640 };
  expect(text(audit(of("arcface"), table, "float64"))).toMatch(/right to the 6 digits that are given/);
});

describe("slopes of programs that reach theta through the cosine, by way of sqrt(1 - c^2) clamped at 0", () => {
  const m = 0.5;
  const theta = Array.from({ length: 91 }, (_, i) => Math.min(Math.PI, (i * Math.PI) / 90));
  const bfloat16 = (x: number) => {
    const c = Math.fround(x) * (2 ** 45 + 1);
    return c - (c - Math.fround(x));
  };
  const tableIn = (r: Round): AuditTable => {
    const angles = theta.map(r);
    const rows = angles.map((t) => {
      const c = r(Math.cos(t));
      const root = r(Math.sqrt(Math.max(0, r(1 - r(c * c)))));
      const byCosine = r(Math.cos(m)) + (root === 0 ? 0 : r(r(c / root) * r(Math.sin(m))));
      const value = r(r(c * r(Math.cos(m))) - r(root * r(Math.sin(m))));
      return [value, r(-r(Math.sin(t)) * r(byCosine))] as const;
    });
    return { theta: angles, value: rows.map(([value]) => value), gradient: rows.map(([, slope]) => slope) };
  };
  test.each([
    ["float64", (x: number) => x],
    ["float32", Math.fround],
    ["bfloat16", bfloat16],
  ] as const)("are right in %s", (dtype, r) => {
    const table = tableIn(r);
    const inside = table.theta as number[];
    const kept = inside.map((t) => Math.min(Math.PI, t));
    expect(text(audit(of("arcface", { m }), { ...table, theta: kept }, dtype))).toMatch(/^every row is right/);
  });
  test("but not where the cosine is not 1 to within rounding, nor with the sign flipped", () => {
    const table = tableIn((x) => x);
    const slopes = Array.from(table.gradient!);
    slopes[1] = 0.9 * Math.sin(theta[1]!);
    expect(audit(of("arcface", { m }), { ...table, gradient: slopes }, "float64").passes).toBe(false);
    const flipped = Array.from(table.gradient!, (x) => -x);
    const found = text(audit(of("arcface", { m }), { ...table, gradient: flipped }, "float64"));
    expect(found).toContain("the gradient has its sign flipped");
  });
  test("values of bfloat16 are not called float16, which such numbers are too", () => {
    const angles = theta.map(bfloat16).map((t) => Math.min(Math.PI, t));
    const value = angles.map((t) => bfloat16(bfloat16(Math.cos(t)) - bfloat16(0.35)));
    const found = text(audit(of("cosface", { m: 0.35 }), { theta: angles, value }, "float32"));
    expect(found).toContain("right as bfloat16");
  });
});

test("a value between the two sides of a jump is wrong", () => {
  const f = of("arcface-easy", { m: 0.5 });
  const theta = Array.from({ length: 91 }, (_, i) => (i * Math.PI) / 90);
  const valueWith = (atJump: number) => theta.map((t) => (t === Math.PI / 2 ? atJump : f.value(t)));
  for (const [atJump, passes] of [
    [-0.3, false],
    [0, true],
    [-Math.sin(0.5), true],
  ] as const)
    expect(audit(f, { theta, value: valueWith(atJump) }, "float64").passes).toBe(passes);
});

test.each(["sin", "tanh"] as const)("%s of the target is no scale of each row", (name) => {
  const f = of("arcface", { m: 0.5 });
  const theta = Array.from({ length: 91 }, (_, i) => Math.min(Math.PI, (i * Math.PI) / 90));
  const found = text(audit(f, { theta, value: theta.map((t) => Math[name](f.value(t))) }, "float64"));
  expect(found).toContain("no known mistake explains it");
});

describe("columns that hold one number", () => {
  const constant = (name: string, parameters: Record<string, number>, theta: number[], one: number) =>
    named(audit(of(name, parameters), { theta, value: theta.map(() => one) }, "float64"));
  const words = (one: number) => [`value: every value is ${one}: it does not depend on theta`];

  test("do not depend on theta, if at more angles than a function may have it", () => {
    const theta = Array.from({ length: 30 }, (_, i) => i / 10);
    expect(constant("arcface", {}, theta, 0)).toEqual(words(0));
    expect(constant("asoftmax", {}, theta, 0.5)).toEqual(words(0.5));
    expect(constant("asoftmax", {}, [0.5, 1, 1.5, 2], 0.5)).toEqual(words(0.5));
    expect(constant("asoftmax", {}, [0.5, 1, 1.5, 1, 0.5], 0.5)).not.toEqual(words(0.5));
    expect(constant("softmax", {}, [0, 1.2, 1.4, 2.5], 7)).toEqual(words(7));
  });

  test("unless a mistake with one number at most gives them", () => {
    expect(constant("arcface", { m: 0.5 }, [1, 1.2, 1.4, 2.5], Math.cos(1.5))).toEqual([
      "value: theta is clamped to [-1, 1]: acos and clamp in the wrong order",
    ]);
    expect(constant("cosface", { m: 0.35 }, [2, 2.2, 2.4, 2.5], -1)).not.toEqual(words(-1));
  });

  test("gradients too", () => {
    const theta = [0.5, 1, 1.5, 2];
    const table = { theta, value: theta.map(m4.value), gradient: theta.map(() => -0.5) };
    expect(named(audit(m4, table, "float64"))).toEqual([
      "gradient: every gradient is -0.5: it does not depend on theta",
    ]);
  });
});

// biome-ignore format: a table
test.each<[what: string, name: string, theta: number[], gradient: number[], dtype: "float64" | "bfloat16", diagnosis: string]>([
  ["right everywhere", "softmax", [0, 1, Math.PI], [0, -Math.sin(1), -Math.sin(Math.PI)], "float64", "every row is right to within rounding"],
  ["0 at pi, to within rounding", "softmax", [0, 1, Math.PI], [0, -Math.sin(1), 0], "float64", "every row is right to within rounding"],
  ["0 at pi and 0", "arcface", [1, Math.PI, 0], [-Math.sin(1.5), 0, 0], "float64", `every row is right to within rounding; the gradient 0 at ${Math.PI} is right: autograd reaches theta through its cosine`],
  ["0 beyond 2 pi", "softmax", [1, 6.2832], [-Math.sin(1), 0], "bfloat16", "value: 1 not finite, first at 6.2832; gradient: 1 not finite, first at 6.2832; in bfloat16 errors below 0.125 cannot be seen"],
])("a gradient that is %s", (_, name, theta, gradient, dtype, diagnosis) => {
  const result = audit(of(name), { theta, value: theta.map(of(name).value), gradient }, dtype);
  expect(text(result)).toBe(diagnosis);
  // What is right though far from the slope is no error.
  expect(result.gradient!.maxAbsError).toBeLessThan(1e-15);
});

test("a gradient that is NaN at 0 names the derivative of acos", () => {
  const table = { theta: [0, 1], value: [0, 1].map(of("arcface").value), gradient: [Number.NaN, -Math.sin(1.5)] };
  expect(text(audit(of("arcface"), table, "float64"))).toMatch(
    /^gradient: 1 not finite, first at 0; the derivative of acos/,
  );
});

test("values and gradients with a scale of each row are right", () => {
  const [theta, scale] = [
    [0.5, 1, 2],
    [5, 64, 0.25],
  ];
  const times = (f: (t: number) => number) => theta.map((t, i) => scale[i]! * f(t));
  const table = { theta, scale, value: times(m4.value), gradient: times(m4.slope) };
  const result = audit(m4, table, "float64");
  expect(text(result)).toBe("every row is right to within rounding");
  expect([result.maxUlpError < 1, result.gradient!.maxUlpError < 1]).toEqual([true, true]);
});

test("a value that is infinite is not among those called wrong", () => {
  const table = { theta: [0, 1, 2, 3], value: [Number.POSITIVE_INFINITY, Math.cos(1.5), 7, Math.cos(3.5)] };
  expect(text(audit(of("arcface"), table, "float64"))).toMatch(
    /^value: 1 not finite, first at 0; acos of .*; value: 1 of 4 rows wrong, and no known mistake .* 2: 7 in place of -0\.8/,
  );
});

test("a scale of each row is looked for in values alone", () => {
  const theta = Array.from({ length: 9 }, (_, i) => i / 3 + 0.1);
  const value = theta.map(of("arcface").value);
  const times = value.map((x, i) => (5 + ((7 * i) % 4)) * x);
  const [found] = audit(of("arcface"), { theta, value: times }, "float64").candidates;
  expect(found).toMatchObject({ name: expect.stringMatching(/^each row has a scale of its own/) });
  const gradients = audit(of("arcface"), { theta, value, gradient: times }, "float64");
  expect(text(gradients)).toMatch(/^gradient: 9 of 9 rows wrong, and no known mistake explains it/);
});

compare("audit/diagnoses.txt");
