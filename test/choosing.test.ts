import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Numbers in (0, 1), the same in every run (mulberry32). */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

test("random directions in 512 dimensions are as near to pi/2 as docs/choosing.md says", () => {
  const text = readFileSync(new URL("../docs/choosing.md", import.meta.url), "utf8");
  const [, said, dimensions] = /1\/sqrt\(D - 1\): ([\d.]+)\s+in (\d+) dimensions/.exec(text)!;
  const size = Number(dimensions);
  expect(Number(said)).toBeCloseTo(1 / Math.sqrt(size - 1), 4);
  const next = random(1);
  const direction = () => {
    const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    return Array.from({ length: size }, normal);
  };
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const angles = Array.from({ length: 3000 }, () => {
    const [x, y] = [direction(), direction()];
    return Math.acos(dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)));
  });
  const mean = angles.reduce((sum, angle) => sum + angle, 0) / angles.length;
  const deviation = Math.sqrt(angles.reduce((sum, angle) => sum + (angle - mean) ** 2, 0) / angles.length);
  expect(Math.abs(mean - Math.PI / 2)).toBeLessThan(0.003);
  expect(Math.abs(deviation * Math.sqrt(size - 1) - 1)).toBeLessThan(0.04);
  const between = angles.filter((angle) => Math.abs(Math.cos(angle)) < Number(said)).length / angles.length;
  expect(Math.abs(between - 2 / 3)).toBeLessThan(0.04);
});

test("the distance of two unit vectors with cosine 0.33", () => {
  const [sine, cosine] = [Math.sin(Math.acos(0.33)), 0.33];
  expect(Math.hypot(1 - cosine, sine) ** 2).toBeCloseTo(1.34, 12);
  expect(Math.hypot(1 - cosine, sine)).toBeCloseTo(1.158, 3);
});
