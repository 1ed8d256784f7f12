import { expect, test } from "vitest";
import { planeChart } from "../../src/cli/charts.ts";
import { asoftmax, naive } from "../../src/core/target-functions.ts";
import { drawSvg } from "../../src/render/svg.ts";
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
  const valuesOf = (mark: string) =>
    spec.layer.find((layer: { mark: { type: string } }) => layer.mark.type === mark).data.values;
  const points = valuesOf("point");
  expect(points.map(({ name }: { name: string }) => name)).toEqual(["softmax", "sphereface-r2:m=1.7"]);
  expect(points[0]).toMatchObject({ x: expect.closeTo(Math.PI / 6, 14), y: expect.closeTo(Math.sqrt(0.75), 14) });
  const lines: { name: string; x: number; y: number }[] = valuesOf("line");
  expect([...new Set(lines.map(({ name }) => name))].slice(2)).toEqual([
    "cos(theta_12 - theta_1)",
    "cos((theta_12 - theta_1)/1.7)",
  ]);
  const last = lines.findLast(({ name }) => name === "cos(theta_12 - theta_1)")!;
  expect([last.x, last.y]).toEqual([expect.closeTo(Math.PI / 3, 14), 1]);
});

test("the title of the x axis has no part that a narrow picture would cut", () => {
  const chart = planeChart([asoftmax(), naive()]);
  const titleAt = (width: number) =>
    drawSvg(chart, { degrees: false, given: new Map() }, { id: "plane", width, description: "" })
      .replaceAll(/<tspan[^>]*>|<\/tspan>/g, "")
      .match(/θy, angle to the own class[^<]*/)![0];
  expect(titleAt(600)).toMatch(/^θy, angle to the own class, radians \(dotted/);
  expect(titleAt(300)).toBe("θy, angle to the own class, radians");
});
