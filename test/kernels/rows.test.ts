import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { allocate, memory, Region, rowKernel } from "../../src/kernels/rows.ts";

const region = new Region();

const source = (name: string) => fileURLToPath(new URL(`../../src/kernels/${name}`, import.meta.url));

test("rows-kernel.ts holds what its sources compile to", () => {
  const built = execFileSync(
    process.execPath,
    [
      source("../build/kernel.js"),
      source("text.as.ts"),
      source("objects.as.ts"),
      source("psi.as.ts"),
      source("samples.as.ts"),
    ],
    {
      encoding: "utf8",
    },
  );
  expect(built).toBe(readFileSync(source("rows-kernel.ts"), "utf8"));
});

test("countLines counts LF, CRLF and CR, wherever they lie", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "\r\n"), maxLength: 50 });
  const plain = (bytes: string) => bytes.match(/\r\n|\n|\r/g)?.length ?? 0;
  fc.assert(
    fc.property(text, (bytes) => {
      const start = region.put(Buffer.from(bytes, "latin1"));
      return rowKernel.countLines(start, start + bytes.length) === plain(bytes);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

const room = allocate(64);
const written = (x: number) => memory.toString("latin1", room, rowKernel.writeDecimal(x, room));
const read = (text: string) => {
  const start = region.put(Buffer.from(text, "latin1"));
  return rowKernel.readDecimal(start, start + text.length, 0x2e);
};

const runs = { numRuns: 200_000, seed: 7 };
const anyDouble = fc.double();
const unit = fc.integer({ min: 0, max: 2 ** 52 }).map((n) => n / 2 ** 52);
const scaled = fc.tuple(unit, fc.integer({ min: -8, max: 22 })).map(([u, e]) => (u - 0.5) * 10 ** e);
const human = fc
  .tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: -3, max: 12 }))
  .map(([n, e]) => n / 10 ** e);

test("writeInteger is String, for every integer of 64 bits", () => {
  const digits = (n: bigint) => memory.toString("latin1", room, rowKernel.writeInteger(n, room));
  const edges = Array.from({ length: 19 }, (_, i) => 10n ** BigInt(i)).flatMap((n) => [n - 1n, n, 1n - n, -n]);
  for (const n of [...edges, 2n ** 63n - 1n, -(2n ** 63n)]) expect(digits(n)).toBe(String(n));
  const sized = fc.tuple(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(0n, 62n)).map(([n, bits]) => n >> bits);
  fc.assert(
    fc.property(sized, (n) => digits(n) === String(n)),
    { numRuns: 20_000, seed: 7 },
  );
});

describe("writeDecimal is String", () => {
  it.each([
    ["any double", anyDouble],
    ["every size", scaled],
    ["few digits", human],
  ])("for %s", (_, doubles) => {
    fc.assert(
      fc.property(doubles, (x) => written(x) === String(x + 0)),
      runs,
    );
  });

  it.each([
    0,
    -0,
    1,
    -1,
    9.5,
    10,
    99999999,
    100000000,
    0.1,
    0.3,
    1e-5,
    1e-6,
    1e-7,
    1.5e-5,
    2 ** -17,
    2 ** 49,
    2 ** 53,
    1e15,
    1e21,
    1e22,
    0.5,
    0.25,
    0.9999999999999999,
    9.999999999999998,
    123456789.125,
    5e-324,
    1.7976931348623157e308,
    Math.PI,
    -7,
    3.5,
    1e16 - 2,
  ])("for %d", (x) => {
    expect(written(x)).toBe(String(x + 0));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("for %d", (x) => {
    expect(written(x)).toBe(String(x));
  });
});

describe("readDecimal is Number, or leaves it to Number", () => {
  it.each([
    ["any double", anyDouble],
    ["every size", scaled],
    ["few digits", human],
  ])("for the text of %s", (_, doubles) => {
    fc.assert(
      fc.property(doubles, (x) => [x, Number.NaN].includes(read(String(x + 0)))),
      runs,
    );
  });

  it("reads what files of angles hold without Number", () => {
    fc.assert(
      fc.property(unit, (u) => u < 1e-5 || read(String(u * Math.PI)) === u * Math.PI),
      { ...runs, numRuns: 20_000, examples: [[0.25]] },
    );
  });

  it("agrees with Number on digits that are no double's own", () => {
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 22n }), fc.integer({ min: 0, max: 19 }));
    fc.assert(
      fc.property(digits, ([n, places]) => {
        const text = String(n).padStart(places + 1, "0");
        const decimal = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
        const value = read(decimal);
        return Number.isNaN(value) || value === Number(decimal);
      }),
      runs,
    );
  });

  it("reads numbers of few digits without Number", () => {
    fc.assert(
      fc.property(human, (x) => /e/.test(String(x)) || read(String(x + 0)) === x + 0),
      { ...runs, numRuns: 20_000 },
    );
  });

  // The last ones wrap around where digits are taken as a number of 64 bits.
  // biome-ignore format: a table
  it.each([
    "", "-", ".", "1.", "1e5", "0x1", " 1", "1 ", "1_0", "1.2.3", "--1", "+1", "1,5", "NaN",
    "1.8446744073709551616", "0.18446744073709551616", "36893488147419103232", "18446744073709551616000",
  ])(
    "leaves %j alone",
    (text) => {
      expect(read(text)).toBeNaN();
    },
  );
});
