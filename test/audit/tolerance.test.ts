import { describe, expect, test } from "vitest";
import { asCosine, nothing, slopeCurve, valueCurve } from "../../src/audit/mistakes.ts";
import {
  type AuditRow,
  accepts,
  asPrinted,
  coarserTypes,
  type Dtype,
  isZeroAtEnd,
  type Piecewise,
  printing,
  rowAt,
  ulp,
  unblended,
} from "../../src/audit/tolerance.ts";
import { target } from "../../src/core/targets.ts";

const units: readonly [Dtype, number][] = [
  ["float64", 2 ** -53],
  ["float32", 2 ** -24],
];

describe.each(units)("%s", (dtype, u) => {
  const allows = (name: string, parameters: Record<string, number>, theta: number, value: number) =>
    accepts(valueCurve(target(name, parameters)!), rowAt(theta, value, dtype));

  // A right value may differ by what 16 roundings u of the cosine make of it, and by 16 ulp = 32 u max(|value|, 1).
  test.each([
    ["at 0, below", "asoftmax", { m: 4 }, 0, 1, -(16 * 16 + 32)],
    ["at 0, above", "asoftmax", { m: 4 }, 0, 1, 32],
    ["at pi, above", "asoftmax", { m: 3 }, Math.PI, -5, 9 * 16 + 4 * 32],
    ["at pi, below", "asoftmax", { m: 3 }, Math.PI, -5, -4 * 32],
    ["on a slope", "naive", { m: 2 }, 1, Math.cos(2), 4 * Math.cos(1) * 16 + 32],
    ["at a turn", "naive", { m: 2 }, Math.PI / 2, -1, -32],
    ["beside a turn", "arcface", { m: u }, Math.PI - 16 * u, -1, -32],
  ] as const)("%s", (_, name, parameters, theta, truth, roundings) => {
    expect(allows(name, parameters, theta, truth + 0.9 * roundings * u)).toBe(true);
    expect(allows(name, parameters, theta, truth + 1.1 * roundings * u)).toBe(false);
  });

  test("a turning point between", () => {
    // In float32 the angles at 0 reach to 0.00138, where 4096 of them have passed pi.
    expect(allows("naive", { m: 4096 }, 0, -1)).toBe(dtype === "float32");
  });

  test("the branches of a jump, and nothing between", () => {
    const easy = (value: number) => allows("arcface-easy", { m: 0.5 }, Math.PI / 2, value);
    expect([-0.5, -Math.sin(0.5), -0.2, 0, 0.01].map(easy)).toEqual([false, true, false, true, false]);
  });

  test("a blend, whose terms may be larger than 1", () => {
    // 0.75 psi + 0.25 cos(theta) is -5.5 at pi, where both have their least value and an ulp is 8 u.
    const curve = { ...valueCurve(target("asoftmax", { m: 4 })!), blend: { own: 0.75, plain: 0.25 } };
    const blended = (off: number) => accepts(curve, rowAt(Math.PI, -5.5 + off * 16 * 8 * u, dtype));
    expect([-1.1, -0.9, 0.9].map(blended)).toEqual([false, true, true]);
  });

  test("a value that was rounded when it was printed", () => {
    const row = (off: number) => ({ ...rowAt(Math.PI, off * 0.5e-3 - 7, dtype), rounding: 0.5e-3 });
    const curve = valueCurve(target("asoftmax", { m: 4 })!);
    expect([-1.1, -0.9, 0.9, 1.1].map((off) => accepts(curve, row(off)))).toEqual([false, true, true, false]);
  });

  test("an angle that is found from the given one as its arccosine", () => {
    // The cosine 0.5 stands in the column of angles; about it cos(4 acos(x)) has the slope 4 sin(4 pi/3) / sin(pi/3) = -4.
    const curve = asCosine(target("naive", { m: 4 })!).curve();
    const found = (off: number) => accepts(curve, rowAt(0.5, -0.5 + off * u, dtype));
    const most = (4 * 16) / Math.sin(0.5) + 32;
    expect([-1.1, -0.9, 0.9, 1.1].map((share) => found(share * most))).toEqual([false, true, true, false]);
  });

  test("a given cosine has the error of its square alone, and none where it is 1 or -1", () => {
    const roundings = (theta: number, isExact: boolean) => {
      const { lo, hi } = rowAt(theta, 0, dtype, isExact);
      return [theta - lo, hi - theta].map((d) => (d * Math.sin(theta)) / u);
    };
    expect(roundings(0.1, false)).toEqual([expect.closeTo(16, 1), expect.closeTo(16, 1)]);
    expect(roundings(0.1, true)).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1)]);
    const ends = [0, Math.PI].map((theta) => rowAt(theta, 0, dtype, true));
    expect(ends.map(({ lo }) => lo)).toEqual([0, Math.PI]);
    expect(ends[0]!.hi).toBe(0);
    expect(ends[1]!.hi - Math.PI).toBeLessThan(16 * u);
  });

  test("the angles that a cosine cannot tell apart, near 0 and pi", () => {
    const wide = Math.acos(1 - 2 ** -10) * Math.sqrt(16 * u * 2 ** 10);
    const zero = rowAt(0, 1, dtype);
    const pi = rowAt(Math.PI, 1, dtype);
    expect([zero.lo, zero.hi / wide]).toEqual([0, expect.closeTo(1, 3)]);
    expect((Math.PI - pi.lo) / wide).toBeCloseTo(1, 3);
    expect(pi.hi - Math.PI).toBeLessThan(16 * u);
    expect(rowAt(wide / 1e6, 1, dtype).lo).toBe(0);
  });

  test("ulp", () => {
    expect([0, 0.1, 1, -1.9, 2, 7].map((x) => ulp(x, dtype) / u)).toEqual([2, 2, 2, 2, 4, 8]);
  });
});

const numbers = (count: number, of: (i: number) => number) => Array.from({ length: count }, (_, i) => of(i));

describe("types that numbers may have", () => {
  const eightBits = numbers(10, (i) => (i - 5) / 128);
  const elevenBits = numbers(10, (i) => 1 + i / 1024);
  const anyBits = numbers(10, (i) => 1 / (i + 3));
  const tiny = anyBits.map((x) => x * 2 ** -30);
  const huge = anyBits.map((x) => x * 2 ** 30);
  const inSevenDigits = elevenBits.map((x) => Number(x.toPrecision(7)));
  // biome-ignore format: a table
  test.each<[what: string, Dtype, number[], bad: number, types: Dtype[]]>([
    ["8 bits", "float64", eightBits, 10, ["bfloat16", "float16", "float32"]],
    ["8 bits", "float32", eightBits, 10, ["bfloat16", "float16"]],
    ["8 bits", "float16", eightBits, 10, ["bfloat16"]],
    ["8 bits", "bfloat16", eightBits, 10, []],
    ["11 bits", "float64", elevenBits, 10, ["float16", "float32"]],
    ["11 bits in 7 digits", "float64", inSevenDigits, 10, ["float16", "float32"]],
    ["any", "float64", anyBits, 10, ["float32"]],
    ["any, tiny", "float64", tiny, 10, ["float32"]],
    ["any, huge", "float32", huge, 10, []],
    ["one in ten of more bits", "float64", [...eightBits.slice(1), 0.1], 10, ["float32"]],
    ["half of them wrong", "float64", anyBits, 5, ["float32"]],
    ["fewer wrong", "float64", anyBits, 4, []],
    ["eight", "float64", anyBits.slice(2), 8, ["float32"]],
    ["seven", "float64", anyBits.slice(3), 7, []],
  ])("%s, audited as %s", (_, dtype, values, bad, types) => {
    expect(coarserTypes(dtype, values, bad)).toEqual(types);
  });
});

describe("numbers as they were printed", () => {
  const rounded = (decimals: number) => numbers(8, (i) => Number(Math.sin(i + 1).toFixed(decimals)));
  const short = (digits: number) => numbers(8, (i) => Number((10 ** (i - 4) / 3).toPrecision(digits)));
  // biome-ignore format: a table
  test.each<[what: string, number[], x: number, places: string | undefined, error: number]>([
    ["2 decimals", rounded(2), 1, "2 decimals", 0.5e-2],
    ["5 decimals", rounded(5), 0.01, "5 decimals", 0.5e-5],
    ["6 decimals", rounded(6).with(1, 0.9092974268), 1, undefined, 0],
    ["6 digits", short(6), 123.456, "6 digits", 0.5e-3],
    ["6 digits of a number below 1", short(6), 0.0123456, "6 digits", 0.5e-7],
    ["6 digits, 0 among them", short(6).with(1, 0), 0, "6 digits", 0.5e-5],
    ["4 digits, which are few decimals too, but coarser", numbers(8, (i) => 300.1 + i), 100, "4 digits", 0.5e-1],
    ["4 decimals, which are few digits too, but coarser", numbers(8, (i) => 0.0123 + i / 1e4), 1, "4 decimals", 0.5e-4],
    ["7 digits", short(7), 1, undefined, 0],
    ["seven numbers", rounded(2).slice(1), 1, undefined, 0],
  ])("%s", (_, given, x, places, error) => {
    const found = printing(given);
    expect([found?.places, found?.errorOf(x) ?? 0]).toEqual([places, expect.closeTo(error, 12)]);
  });

  const four = { places: "4 decimals", errorOf: () => 0.5e-4 };
  const printed = (theta: number[], scale = 1, places = four): AuditRow[] => {
    const rows = theta.map((t) => rowAt(t, 0, "float64"));
    return asPrinted(
      places,
      rows.map(() => 1),
      rows.map(() => scale),
      rows,
    );
  };
  const widths = (rows: AuditRow[]) => rows.map(({ lo, theta, hi }) => [theta - lo, hi - theta]);
  const near = (x: number) => expect.closeTo(x, 10);

  test("angles of all digits are exact, values rounded before their scale is taken out", () => {
    const rows = printed(
      numbers(8, (i) => 1 + i / 7),
      32,
    );
    expect(widths(rows)).toEqual(rows.map(() => [near(0), near(0)]));
    expect(rows.map(({ rounding }) => rounding)).toEqual(rows.map(() => near(0.5e-4 / 32)));
  });

  test.each([
    ["more decimals than values: rounded to these", 5, 0.5e-5],
    ["fewer: a grid, as far off as values at most", 2, 0.5e-4],
  ])("angles in %s", (_, decimals, around) => {
    const rows = printed(numbers(8, (i) => Number((1 + i / 7).toFixed(decimals))));
    expect(widths(rows)).toEqual(rows.map(() => [near(around), near(around)]));
  });

  test("angles stay in [0, pi], but for the rounding of pi", () => {
    const two = { places: "2 decimals", errorOf: () => 0.5e-2 };
    const rows = printed([0, 0.01, 1, 1.5, 2, 2.5, 3, 3.14], 1, two);
    expect(rows.map(({ lo }) => lo)).toEqual([0, 0.005, 0.995, 1.495, 1.995, 2.495, 2.995, 3.135].map(near));
    expect([rows[0]!.hi, rows[7]!.hi]).toEqual([expect.closeTo(0.005, 6), Math.PI]);
    expect(isZeroAtEnd(slopeCurve(target("arcface")!), rows[7]!)).toBe(true);
    const atPi = rowAt(Math.PI, 0, "float64");
    expect(asPrinted(two, [1], [1], [atPi])[0]!.hi).toBe(atPi.hi);
  });
});

test("a slope up to that of the cosine is right where the cosine is 1 or -1 to within rounding", () => {
  const curve = slopeCurve(target("arcface", { m: 0.5 })!);
  const at = (theta: number, share: number, of: Piecewise = curve) =>
    isZeroAtEnd(of, rowAt(theta, share * Math.sin(theta), "float64"));
  expect([0, 1e-9, Math.PI - 1e-9, Math.PI].map((theta) => at(theta, 0))).toEqual([true, true, true, true]);
  expect([-1.1, -1, 1, 1.1].map((share) => at(1e-9, share))).toEqual([false, true, true, false]);
  expect([1e-3, 1, 3.14].map((theta) => at(theta, 0))).toEqual([false, false, false]);
  expect(at(0, 0, valueCurve(target("arcface", { m: 0.5 })!))).toBe(false);
});

describe("what mistakes are fitted to", () => {
  const at = (curve: Piecewise, theta: number, dtype: Dtype = "float64") => unblended(curve, rowAt(theta, 0, dtype));
  const psi = nothing(target("asoftmax", { m: 4 })!).curve();

  test.each(["asoftmax", "naive", "arcface-easy", "arcface-hard", "sphereface-r1"])("%s between its pieces", (name) => {
    const own = target(name)!;
    for (const theta of [0, 0.3, 1, 1.2, 2, 2.7, 3, 3.1, Math.PI])
      for (const curve of [nothing(own).curve(), valueCurve(own)])
        expect([theta, at(curve, theta)]).toEqual([theta, expect.closeTo(own.value(theta), 13)]);
  });

  test("both sides of a knot are the same; beside a jump there is no number", () => {
    expect([1, 2, 3, 4].map((k) => at(psi, (k * Math.PI) / 4))).toEqual([-1, -3, -5, -7].map((x) => expect.closeTo(x)));
    const easy = nothing(target("arcface-easy", { m: 0.5 })!).curve();
    expect(at(easy, Math.PI / 2)).toBeNaN();
    expect(at(easy, Math.PI / 2 + 1e-14)).toBeCloseTo(0);
  });

  test("where the angles of a row reach over several pieces, the one that holds theta counts", () => {
    const own = target("asoftmax", { m: 2 ** 20 })!;
    for (const curve of [nothing(own).curve(), valueCurve(own)])
      for (const theta of [0.1, 1]) expect(at(curve, theta, "float32")).toBeCloseTo(own.value(theta), 8);
  });

  test("slopes, but where one of 0 is right too", () => {
    const own = target("arcface", { m: 0.5 })!;
    const slope = slopeCurve(own);
    expect(at(slope, 1)).toBe(own.slope(1));
    expect(at(slope, 0)).toBeNaN();
  });
});
