import { describe, expect, test } from "vitest";
import { draw } from "./draw.ts";

const LINES = [
  "plot",
  "monotonicity",
  "violations --competing 1.5",
  "boundary",
  "anneal",
  "descend --start 2 --competing 1.5",
];

const texts = (svg: string) =>
  [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text]) => text!.replace(/<[^>]*>/g, ""));

describe.each(LINES)("%s", (line) => {
  test.each(["svg", "html", "vl.json"])("%s: the same bytes each time", async (ending) => {
    const first = await draw(line, ending);
    expect(first.length).toBeGreaterThan(3_000);
    expect((await draw(line, ending)) === first).toBe(true);
  });

  test("nothing is fetched from anywhere", async () => {
    for (const text of [await draw(line, "svg"), await draw(line, "html")])
      expect(text).not.toMatch(/(src|href)=["']?http|url\(["']?http|@import/);
  });
});

test("each svg has a description", async () => {
  const described = async (line: string) => />(.*)<\/desc>/.exec(await draw(line, "svg"))![1];
  expect(await described("plot")).toBe("asoftmax:m=4, naive:m=4: target function over target angle theta_y");
  expect(await described("monotonicity")).toMatch(/^asoftmax:m=4 falls on all of \[0, pi\]; /);
});

test("the words of an svg are text", async () => {
  const found = texts(await draw("violations --competing 1.5", "svg"));
  for (const word of ["π/4", "3π/4", "cos(4 θ)", "cos(θj = 1.5)", "naive holds, angular does not"])
    expect(found).toContain(word);
  expect(found).toContain("target angle θy, radians (dotted: k π/4)");
  expect(texts(await draw("plot --degrees", "svg"))).toEqual(
    expect.arrayContaining(["45", "180", "target angle θy, degrees (dotted: k 180/4)"]),
  );
});

describe("a picture alone", () => {
  const digits = "measure --input test/fixtures/digits-asoftmax-m4-3d.csv";
  // biome-ignore format: a table
  test.each<[line: string, words: string[]]>([
    ["violations --competing 1.5",   ["naive: cos(4 θy) > cos(θj); angular: 4 θy < θj", "angular holds: θy < θj/4 = 0.375", "0.375", "beyond 1.196"]],
    ["violations --competing 0 --m 1", ["Wherever cos(1 θy) exceeds cos(θj), 1 θy < θj holds too"]],
    ["plot --quantity theta_j",      ["all three hold", "none holds", "naive: cos(4 θy) > cos(θj); angular: 4 θy < θj;", "ψ: ψ(θy) > cos(θj); lines: both sides equal"]],
    ["plot --lambda 0,5",            ["λ = 0", "λ = 5", "ψ: (−1)k cos(m θ) − 2k on [k π/m, (k+1) π/m]; with λ: (λ cos(θ) + ψ)/(1 + λ)"]],
    ["descend --start 2 --competing 1.5", ["ψ, m = 4, λ = 0", "and cos(4 θ)", "π/4", "goal reached at step 63", "loss: softmax of two classes, against θj = 1.5, with learning rate 0.05 and scale 1"]],
    ["descend --start 1.2 --competing 1.5", ["0", "π/4", "π/2"]],
    ["descend --start 3 --competing 1 --m 3", ["held at 2π/3: the slope is 0", "here, the goal is not reached"]],
    [digits,                         ["Half of 360 samples have θy below 0.157, half", "min θj above 0.984; 78.6 % keep the margin m = 4", "median θy = 0.157", "min θj = 0.984", "2.5 % of θy", "3π/4"]],
    ["descend --start 2 --competing 1.5 --preset sphereface", ["loss: softmax of two classes, against θj = 1.5,", "with learning rate 0.05 and scale 1; λ annealed"]],
    ["boundary --functions asoftmax,arcface", ["ψ, m = 4: θ1 = π/10,", "effective m 4", "arcface:m=0.5: θ1 = 0.5354,", "effective m 1.934"]],
    ["plot --functions cosface", ["cosface:m=0.35 falls on all of [0, π]: a smaller angle always counts more"]],
    ["plot --functions arcface-clip,sphereface-r1", ["arcface-clip:m=0.5 and sphereface-r1:m=1.7", "never rise, but are flat in part: there nothing pulls"]],
    ["plot --functions sphereface-r1:m=3,asoftmax", ["sphereface-r1:m=3 never rises, but is flat beyond π/3: there", "nothing pulls; ψ, m = 4 falls everywhere, flat only at k π/4"]],
    ["monotonicity --functions arcface-easy,arcface,softmax", ["arcface:m=0.5 rises again beyond 2.64159 and", "arcface-easy:m=0.5 jumps up at π/2: there a", "larger angle is rewarded; cos(θ) falls everywhere"]],
    ["plot --functions naive:m=20 --degrees", ["cos(20 θ) rises again beyond 9°: there a larger angle is rewarded"]],
  ])("asoftmax %s", async (line, words) => {
    const found = texts(await draw(line, "svg")).map((text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">"));
    expect(found).toEqual(expect.arrayContaining(words));
  });

  test("a function has one colour, and a blend another", async () => {
    const colourOf = (svg: string, name: string) => new RegExp(`(c\\d)"[^>]*>(and )?${name}<`).exec(svg)?.[1];
    const inKey = (svg: string, name: string) => new RegExp(`line (c\\d)"[^>]*/><text[^>]*>${name}<`).exec(svg)?.[1];
    const lines = ["plot", "monotonicity", "violations --competing 1.5", "descend --start 2 --competing 1.5"];
    for (const line of lines) expect([line, colourOf(await draw(line, "svg"), "cos\\(4 θ\\)")]).toEqual([line, "c1"]);
    expect(inKey(await draw("plot --quantity theta_j", "svg"), "cos\\(4 θ\\)")).toBe("c1");
    expect(colourOf(await draw("plot --lambda 1,5", "svg"), "λ = 5")).toBe("c2");
    expect(colourOf(await draw(lines[3]!, "svg"), "ψ, m = 4, λ = 5")).toBe("c2");
    expect(colourOf(await draw("plot --m 2,3", "svg"), "ψ, m = 3")).toBe("c3");
  });

  test("a descent that reaches its goal is the solid line", async () => {
    const svg = await draw("descend --start 2 --competing 1.5", "svg");
    const looks = svg.matchAll(/class="line (c\d)".* stroke-width="(\d)" stroke-dasharray="([\d ]*)"/g);
    expect([...looks].map(([, ...look]) => look)).toEqual([
      ["c0", "2", "7 4"],
      ["c1", "2", "2 3"],
      ["c2", "3", ""],
      ["c6", "2", "9 3 2 3"],
    ]);
  });

  test("a square one ends at its frame", async () => {
    const svg = await draw("plot --quantity theta_j", "svg");
    const [, width, right] = /viewBox="0 0 (\S+) .*data-frame="\S+ (\S+) /.exec(svg)!;
    expect(Number(width) - Number(right)).toBe(18);
  });
});

test("the sentences are in each kind", async () => {
  const sentence = "holds and m theta_y < theta_j does not.";
  const line = "violations --competing 1.5";
  expect(JSON.parse(await draw(line, "vl.json")).description).toContain(sentence);
  for (const ending of ["svg", "html"]) expect(await draw(line, ending)).toContain(sentence.replace("<", "&lt;"));
});

test("an svg takes less than 60 kB", async () => {
  expect((await draw("plot", "svg")).length).toBeLessThan(100_000);
  expect((await draw("plot --m 64,63,62,61", "svg")).length).toBeLessThan(60_000);
});

test("an svg follows a dark scheme", async () => {
  expect(await draw("plot", "svg")).toContain("@media screen and (prefers-color-scheme:dark)");
});

describe("endings", () => {
  // biome-ignore format: a table
  test.each<[line: string, ending: string, message: string]>([
    ["plot",                       "png",     "--output picture.png: there are no .png pictures: use .svg, .html or .vl.json"],
    ["plot",                       "PDF",     "--output picture.PDF: there are no .pdf pictures: use .svg, .html or .vl.json"],
    ["plot",                       "jpeg",    "--output picture.jpeg: there are no .jpeg pictures: use .svg, .html or .vl.json"],
    ["plot",                       "htm",     "--output picture.htm: there are no .htm pictures: use .svg, .html or .vl.json"],
    ["psi",                        "png",     "--output picture.png: there are no .png pictures: use .svg, .html or .vl.json"],
    ["plot --format csv",          "svg",     "--output picture.svg is a picture, --format csv is not: leave one out"],
    ["psi",                        "svg",     "--output picture.svg: there is no picture of this result: name a file such as rows.csv"],
    ["violations --competing 1 --summary", "html", "--output picture.html: there is no picture of this result: name a file such as rows.csv"],
  ])("%s, .%s", async (line, ending, message) => {
    await expect(draw(line, ending)).rejects.toThrow(message);
  });

  test("capitals are as good", async () => {
    expect(await draw("plot", "SVG")).toBe(await draw("plot", "svg"));
  });

  test("any other ending is rows", async () => {
    expect(await draw("plot --points 2 --m 4 --columns value", "json.txt")).toBe("value\n1\n-7\n");
  });
});

test("130,000 intervals are one stretch: none of the gaps between them could be seen", async () => {
  const svg = await draw("violations --m 262144 --competing 1", "svg");
  expect(svg.length).toBeLessThan(100_000);
});
