/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashOf, type PageState, START, stateOf } from "../../../src/cli/explore/page/state.ts";
import { competingBound } from "../../../src/core/competing-bound.ts";
import { blendReasons, reasons } from "../../../src/core/explanation.ts";
import { marginOf } from "../../../src/core/margin.ts";
import { messageText } from "../../../src/core/message.ts";
import { targetFromSpec } from "../../../src/core/notation.ts";
import { asoftmax } from "../../../src/core/target-functions.ts";
import { timesPi } from "../../../src/core/units.ts";
import { pathOf } from "../../installed.ts";
import { asoftmax as run } from "../run.ts";

const browserPath = pathOf("chromium");
const folder = mkdtempSync(join(tmpdir(), "asoftmax-explore-"));
const file = join(folder, "page.html");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

afterAll(() => rmSync(folder, { recursive: true }));

test("--output writes the page, at most 200 kB", async () => {
  expect(await run(["explore", "--output", file])).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(statSync(file).size).toBeLessThanOrEqual(200_000);
  expect(readFileSync(file, "utf8")).not.toMatch(/<(script|link|img)[^>]+(src|href)="(?!data:,)/);
});

test("--output of another ending is an error of one line", async () => {
  expect(await run(["explore", "--output", "page.svg"])).toEqual({
    status: 2,
    stdout: "",
    stderr:
      "asoftmax: --output page.svg: explore writes a page: name a file such as page.html (see asoftmax explore --help)\n",
  });
});

describe("the state in the address", () => {
  // biome-ignore format: a table
  test.each<[hash: string, state: Partial<PageState>]>([
    ["",                                    {}],
    ["#m=2.5&lambda=5&theta=0.3",           { m: 2.5, lambda: 5, theta: 0.3 }],
    ["#m=0.5&theta=4&competing=x&scale=0",  {}],
    ["#functions=softmax,nothing,arcface:m=0.5,arcface:m=0.3", { functions: ["softmax", "arcface", "arcface:m=0.3"] }],
    ["#functions=",                         { functions: [] }],
  ])("%s", (hash, state) => {
    expect(stateOf(hash)).toEqual({ ...START, ...state });
    expect(stateOf(hashOf(stateOf(hash)))).toEqual(stateOf(hash));
  });
});

describe.skipIf(browserPath === undefined)("in Chromium", () => {
  let browser: Browser;
  const trouble: string[] = [];
  beforeAll(async () => {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
    browser = await chromium.launch({ executablePath: browserPath!, args });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    // No request, no message, no error in any of the tests.
    expect(trouble).toEqual([]);
  });

  async function open(hash = "", width = 1400, colorScheme: "light" | "dark" = "light", path = file): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const url = pathToFileURL(path).href + hash;
    page.on("request", (request) => request.url() !== pathToFileURL(path).href && trouble.push(request.url()));
    page.on("console", (message) => trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    await page.goto(url);
    await page.locator("#descent svg").waitFor();
    return page;
  }

  test("figures, conditions and sentences are core's in 200 states", { timeout: 120_000 }, async () => {
    const page = await open();
    for (const state of states(200)) {
      const shown = await page.evaluate(async (hash) => {
        const changed = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        location.hash = hash;
        await changed;
        const rows = [...document.querySelectorAll("#values tbody tr")];
        return {
          figures: rows.map((row) => [...row.querySelectorAll("data")].map(({ value }) => Number(value))),
          holds: [...document.querySelectorAll("#conditions td:last-child")].map(
            (cell) => cell.textContent === "✓ true",
          ),
          margins: [...document.querySelectorAll<HTMLDataElement>("#margins data")].map(({ value }) => Number(value)),
          why: document.querySelector("#why")!.textContent!,
        };
      }, hashOf(state));
      const { m, lambda, theta, competing } = state;
      const margin = marginOf(m, theta, [competing]);
      const blend = lambda > 0 ? blendReasons(asoftmax({ m, lambda }), theta, margin, (x) => x) : undefined;
      const targets = state.functions.map((name) =>
        targetFromSpec(
          name === "asoftmax" ? `${name}:m=${m}:lambda=${lambda}` : name === "naive" ? `${name}:m=${m}` : name,
        ),
      );
      const own = targets.map((one) => [one.value(theta), one.slope(theta), competingBound(one, theta)]);
      const level = targetFromSpec("softmax").value(competing);
      expect(shown.figures.map(withoutRounding), hashOf(state)).toEqual([...own, [level]].map(withoutRounding));
      expect(shown.holds).toEqual([margin.naive, margin.angular, blend?.holds ?? margin.psi]);
      expect(shown.margins).toEqual([margin.effectiveMargin, margin.marginGap]);
      const words = messageText(blend?.why ?? reasons(m, theta, margin));
      expect(lettersOf(shown.why), hashOf(state)).toBe(lettersOf(words));
    }
    await page.close();
  });

  test("every control by keyboard", { timeout: 60_000 }, async () => {
    const page = await open();
    const ranges = page.locator("input[type=range]");
    const labels = ["target angle", "competing angle", "the margin", "the weight", "scale"];
    expect(await ranges.count()).toBe(labels.length);
    for (const label of labels) {
      const range = page.getByRole("slider", { name: label });
      const before = await range.getAttribute("aria-valuetext");
      await range.focus();
      await page.keyboard.press("ArrowRight");
      expect(await range.getAttribute("aria-valuetext")).not.toBe(before);
      expect(await range.evaluate((one) => one.parentElement!.querySelector("output")!.value)).toBe(
        await range.getAttribute("aria-valuetext"),
      );
    }
    for (const box of await page.locator("#functions input").all()) {
      const before = await box.isChecked();
      await box.focus();
      await page.keyboard.press("Space");
      expect(await box.isChecked()).toBe(!before);
      await page.keyboard.press("Space");
    }
    for (const button of await page.getByRole("button", { name: "Show me" }).all()) {
      const before = await page.locator("#commands").textContent();
      await button.focus();
      await page.keyboard.press("Enter");
      expect(await page.locator("#commands").textContent()).not.toBe(before);
    }
    for (const name of ["Copy the commands", "Copy a link to this"]) {
      await page.getByRole("button", { name }).focus();
      await page.keyboard.press("Enter");
      await page.getByText(/^(Copied\.|Not allowed here)/).waitFor();
    }
    await page.waitForFunction(
      () => location.hash.includes("m=4") && document.querySelector("#live")!.textContent !== "",
    );
    await page.close();
  });

  test("the pointer moves the point", async () => {
    const page = await open();
    const shown = () => page.locator("#sliders output").evaluateAll((all) => all.map((one) => one.textContent));
    for (const [id, ...moved] of [
      ["plane", true, true],
      ["curve", true, false],
    ] as const) {
      const before = await shown();
      await page.locator(`#${id} svg`).scrollIntoViewIfNeeded();
      const box = (await page.locator(`#${id} svg`).boundingBox())!;
      await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.6);
      const after = await shown();
      expect(moved.map((_, i) => after[i] !== before[i])).toEqual(moved);
    }
    await page.close();
  });

  test("the commands give what is shown", { timeout: 60_000 }, async () => {
    const page = await open("#m=3&lambda=0&theta=1.1&competing=2&scale=2&functions=asoftmax,arcface");
    const lines = (await page.locator("#commands").textContent())!.split("\n");
    expect(lines).toEqual([
      "asoftmax margin --m 3 --theta 1.1 --competing 2",
      "asoftmax plot --functions asoftmax:m=3,arcface:m=0.5",
      "asoftmax compare --functions asoftmax:m=3,arcface:m=0.5 --theta 1.1",
      "asoftmax descend --functions asoftmax:m=3,arcface:m=0.5 --start 1.1 --competing 2 --scale 2",
    ]);
    const sentences = await page.locator("#descent li").allTextContents();
    await page.close();
    for (const line of lines) expect(await run(line.split(" ").slice(1))).toMatchObject({ status: 0, stderr: "" });
    const table = await run([...lines[3]!.split(" ").slice(1), "--format", "table"]);
    for (const one of sentences) expect(lettersOf(table.stdout)).toContain(lettersOf(one));
  });

  test("the page begins with what is given", async () => {
    const own = join(folder, "own.html");
    await run(words("explore --m 3 --theta pi/3 --competing 1 --output", own));
    const page = await open("", 700, "light", own);
    expect(await page.locator("#commands").textContent()).toContain("margin --m 3 --theta pi/3 --competing 1\n");
    await run(words("explore --functions asoftmax:m=2:lambda=1,arcface,naive:m=3 --output", own));
    await page.reload();
    expect(await page.locator("#commands").textContent()).toContain(
      "plot --functions asoftmax:m=2:lambda=1,arcface:m=0.5,naive:m=3\n",
    );
    await page.close();
  });

  test.each([
    [320, "light"],
    [320, "dark"],
    [700, "light"],
    [1400, "light"],
    [1400, "dark"],
  ] as const)("%i px, %s: nothing too wide, no serious finding of axe", { timeout: 60_000 }, async (width, scheme) => {
    const page = await open("#lambda=5&functions=asoftmax,naive,asoftmax:m=4,arcface-reflect,combined", width, scheme);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.addScriptTag({ content: readFileSync(AXE, "utf8") });
    const found = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: { run(): Promise<Findings> } }).axe.run();
      return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
    expect(found.filter((one) => /^(serious|critical)/.test(one))).toEqual([]);
    await page.close();
  });
});

interface Findings {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const words = (line: string, path: string) => [...line.split(" "), path];

/** 0 for what is the rounding of a knot. */
const withoutRounding = (figures: readonly number[]) => figures.map((x) => (Math.abs(x) < 1e-12 ? 0 : x));

/** The letters of a sentence alone, since numbers are rounded on the page. */
const lettersOf = (text: string) =>
  text
    .replaceAll("theta_", "θ")
    .replace(
      /theta|lambda|psi|pi|<=|>=/g,
      (name) => ({ theta: "θ", lambda: "λ", psi: "ψ", pi: "π", "<=": "≤" })[name] ?? "≥",
    )
    .replace(/\d[\d.]*(e[+-]?\d+)?/g, "")
    .replace(/[^a-zθλψ<>≤≥()]/g, "");

/** States, always the same: every second one at multiples of pi/24. */
function states(count: number): PageState[] {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const angle = (i: number) => (i % 2 === 0 ? timesPi(Math.floor(random() * 25), 24) : random() * Math.PI);
  const all = ["asoftmax", "naive", "softmax", "cosface", "arcface", "arcface-hard", "combined", "sphereface-r2"];
  return Array.from({ length: count }, (_, i) => ({
    m: i % 3 === 0 ? 1 + random() * 8 : 1 + Math.floor(random() * 8),
    lambda: i % 4 === 0 ? 10 * random() : 0,
    theta: angle(i),
    competing: angle(i),
    scale: 1 + Math.floor(random() * 30),
    functions: all.filter(() => random() < 0.4),
  }));
}
