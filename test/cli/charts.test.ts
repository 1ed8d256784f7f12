import { expect, test } from "vitest";
import { draw } from "../render/draw.ts";
import { shown } from "./table.ts";

test("boundary: the target, the cosine it is held against, and a dot where they meet", async () => {
  const text = await shown("boundary --m 4 --lambda 5 --width 40 --height 7");
  expect(text.slice(text.lastIndexOf("\n\n") + 2)).toBe(
    `
    1┤─────╮           ┊    ············
     │     ╰─────╮  ·········
  0.5┤        ···╰─●───╮
     │  ·······        ╰────╮
    0┤···              ┊    ╰───╮
     │                 ┊        ╰───╮
 -0.5┤                 ┊            ╰───
     └┬────────────────┬───────────────┬
      0               π/4            π/2
   ── asoftmax:m=4:lambda=5
   ·· cos(theta_12 - theta_1)
   ┊ k pi/4
`.slice(1),
  );
});

test("boundary: a point for each function, and a cosine for each way to compete", async () => {
  const spec = JSON.parse(await draw("boundary --functions softmax,sphereface-r2 --theta-12 pi/3", "vl.json"));
  const points = spec.layer.at(-1).data.values;
  expect(points.map(({ series }: { series: string }) => series)).toEqual(["softmax", "sphereface-r2:m=1.7"]);
  expect(points[0]).toMatchObject({ x: expect.closeTo(Math.PI / 6, 14), value: expect.closeTo(Math.sqrt(0.75), 14) });
  expect(spec.layer[0].transform[0].fold.slice(2)).toEqual([
    "cos(theta_12 - theta_1)",
    "cos((theta_12 - theta_1)/1\\.7)",
  ]);
  const last = spec.data.values.at(-1);
  expect(last.x).toBeCloseTo(Math.PI / 3, 14);
  expect(last["cos(theta_12 - theta_1)"]).toBe(1);
});
