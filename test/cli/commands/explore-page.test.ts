/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inWords } from "../../../src/cli/charts.ts";
import { hashOf, misreadIn, type PageState, START, stateOf } from "../../../src/cli/explore/page/state.ts";
import { targetsOf } from "../../../src/cli/explore/scene.ts";
import { competingBound } from "../../../src/core/competing-bound.ts";
import { blendReasons, reasons } from "../../../src/core/explanation.ts";
import { sampleLoss } from "../../../src/core/loss.ts";
import { marginOf } from "../../../src/core/margin.ts";
import { messageText } from "../../../src/core/message.ts";
import { targetFromSpec } from "../../../src/core/notation.ts";
import { asoftmax } from "../../../src/core/target-functions.ts";
import type { Target } from "../../../src/core/targets.ts";
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

// biome-ignore format: a table
test.each<[hash: string, misread: string[]]>([
  ["",                                                      []],
  ["#m=2.5&lambda=5&theta=0.3&functions=",                 []],
  ["#theta=9&m=x&functions=softmax,foo&start=1",            ["theta=9", "m=x", "functions=foo", "start=1"]],
  ["#constructor=1",                                        ["constructor=1"]],
])("of the address %s is not understood %o", (hash, misread) => {
  expect(misreadIn(hash)).toEqual(misread);
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
      const { m, lambda, theta, competing, scale } = state;
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
      expect(shown.holds).toEqual([margin.naive, margin.angular, margin.psi, ...(blend ? [blend.holds] : [])]);
      const { probability } = sampleLoss(asoftmax({ m, lambda }), scale, theta, [competing]);
      expect(shown.margins.slice(0, 2)).toEqual([margin.effectiveMargin, margin.marginGap]);
      // Its exponential is the browser's own.
      expect(shown.margins[2]! / probability).toBeCloseTo(1, 12);
      const words = messageText([...reasons(m, theta, margin), ...(blend?.why ?? [])]);
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
    for (const link of await page.getByRole("link", { name: "Show me" }).all()) {
      const before = await page.locator("#commands pre").textContent();
      await link.focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => page.locator("#commands pre").textContent()).not.toBe(before);
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

  test("a finger moves the point by a tap and sideways; one that scrolls leaves it", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.locator("#plane svg").scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await page.locator("#plane svg").boundingBox())!;
    const client = await context.newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: { x: number; y: number }[]) =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints });
    const swipe = async (right: number, up: number) => {
      await touch("touchStart", { x: x + 0.4 * width, y: y + 0.7 * height });
      for (let i = 1; i <= 8; i++)
        await touch("touchMove", { x: x + 0.4 * width + i * right, y: y + 0.7 * height - i * up });
      await touch("touchEnd");
      return (await page.locator("#sliders output").allTextContents()).slice(0, 2);
    };
    const start = await page.locator("#sliders output").first().textContent();
    const [theta, competing] = await swipe(15, 10);
    expect(Number.parseFloat(theta!)).toBeGreaterThan(2);
    expect(Number.parseFloat(competing!)).toBeGreaterThan(1.6);
    expect(await swipe(0, 25)).toEqual([theta, competing]);
    await page.locator("#plane svg").tap({ position: { x: 0.4 * width, y: 0.5 * height } });
    expect([start, theta]).not.toContain(await page.locator("#sliders output").first().textContent());
    await context.close();
  });

  test.each([
    `#m=3&lambda=0&theta=${timesPi(1, 4)}&competing=2&scale=2&functions=asoftmax,arcface`,
    `#m=4&lambda=5&theta=${timesPi(1, 6)}&competing=1.5&scale=1&functions=asoftmax,naive,asoftmax:m=4`,
    "#m=2.5&lambda=0.1&theta=1.5707963267948966&competing=0.7&scale=10&functions=naive,sphereface-r2",
    "#functions=&lambda=2&theta=0.3",
  ])("the commands give what is shown at %s", { timeout: 60_000 }, async (hash) => {
    const page = await open(hash);
    const all = (selector: string) => page.locator(selector).allTextContents();
    const lines = (await page.locator("#commands pre").textContent())!.split("\n");
    const figures = await page.locator("#values tbody tr").evaluateAll((rows) => {
      return rows.map((one) => [...one.querySelectorAll("data")].map(({ value }) => value));
    });
    const [holds, sentences] = [await all("#conditions td:last-child"), await all("#descent li")];
    const [effectiveMargin, marginGap, probability] = await page.locator("#margins data").evaluateAll((found) => {
      return found.map((one) => (one as HTMLDataElement).value);
    });
    await page.close();
    const { theta, lambda, functions } = stateOf(hash);
    const asked = { commands: [] as string[] };
    const rowsOf = async (command: string, more: readonly string[] = []) => {
      const line = lines.find((one) => one.startsWith(`asoftmax ${command} `))!;
      asked.commands.push(line);
      const { status, stdout, stderr } = await run([...line.split(" ").slice(1), "--format", "jsonl", ...more]);
      expect({ status, stderr }, line).toEqual({ status: 0, stderr: "" });
      return stdout
        .trim()
        .split("\n")
        .map((one) => JSON.parse(one));
    };
    const [margin] = await rowsOf("margin");
    expect(holds.slice(0, 3)).toEqual(
      [margin.naive, margin.angular, margin.psi].map((one) => `${one ? "✓" : "✗"} ${one}`),
    );
    expect([effectiveMargin, marginGap].map(Number)).toEqual([margin.effective_margin, margin.margin_gap]);
    const [loss] = await rowsOf("loss");
    expect(Number(probability) / loss.probability).toBeCloseTo(1, 12);
    expect(holds[3]).toBe(lambda > 0 ? (loss.probability > 0.5 ? "✓ true" : "✗ false") : undefined);
    if (functions.length > 0) {
      const compared = await rowsOf("compare");
      expect(
        figures
          .slice(0, -1)
          .map((row) => row.slice(0, 2).map(Number))
          .map(withoutRounding),
      ).toEqual(compared.map((row) => [row.value, row.dvalue_dtheta]).map(withoutRounding));
      const atTheta = (rows: readonly { theta: number; value: number | null }[]) =>
        rows.filter((row) => Math.abs(row.theta - theta) < 1e-9).map(({ value }) => value ?? Number.NaN);
      const values = atTheta(await rowsOf("plot --functions"));
      const bounds = atTheta(await rowsOf("plot --quantity theta_j"));
      for (const [i, row] of figures.slice(0, -1).entries()) {
        expect(Number(row[0])).toBeCloseTo(values[i]!, 12);
        if (Number.isNaN(bounds[i])) expect(row[2]).toBe("NaN");
        else expect(Number(row[2])).toBeCloseTo(bounds[i]!, 12);
      }
      await rowsOf("descend");
      const table = await run([...asked.commands.at(-1)!.split(" ").slice(1), "--format", "table"]);
      const told = lettersOf(namedAsInPictures(table.stdout, targetsOf(stateOf(hash))));
      for (const one of sentences) expect(told).toContain(lettersOf(one));
    }
    expect(asked.commands.sort()).toEqual(lines.sort());
  });

  test("the questions show what they say", async () => {
    const page = await open();
    const links = await page.getByRole("link", { name: "Show me" }).all();
    // biome-ignore format: a table
    const cases: [holds: string, shown: RegExp][] = [
      ["true false false",        /naive holds/],
      ["true false false",        /naive holds \(1 > 0\.877583\)/],
      ["true true true",          /4 \* 0\.3 = 1\.2 is below 1\.5/],
      ["true false false",        /ψ, m = 4: from 1\.5 it reaches 0, .*cos\(4 θ\): .* stops at π\/2, .* a false minimum/],
      ["false false false false", /ψ, m = 4, λ = 0: from 2 it is held at the knot π\/2.*cos\(4 θ\):.*λ = 5: from 2 it reaches/],
      ["false false false true",  /with λ = 5 the target 0\.\d+ > 0\.07.*, but 4 \* 0\.5 = 2 is not below 1\.5/],
      ["false false false",       /ψ, m = 4 −1 0 π cos/],
      ["true true true",          /8 \* 0\.15 = 1\.2 is below 1\.5/],
      ["true false false",        /arcface:m=0\.5 −0\.98\d+ 0\.15\d+ .*arcface-hard:m=0\.5 −1\.\d+ −0\.3/],
      ["true true true",          /θj \/ θy = 2\.4,/],
      ["true false false",        /naive holds/],
    ];
    expect(links.length).toBe(cases.length);
    for (const [i, [holds, shown]] of cases.entries()) {
      await page.evaluate(() => history.replaceState(null, "", "#m=63"));
      await links[i]!.click();
      await expect.poll(() => page.locator("#sliders output").nth(2).textContent()).not.toBe("63");
      const answers = await page.locator("#conditions td:last-child").allTextContents();
      expect(answers.map((one) => one.slice(2)).join(" "), `${i}`).toBe(holds);
      const text = await page.locator("#figures, #descent ul").allInnerTexts();
      expect(text.join(" ").replace(/\s+/g, " "), `${i}`).toMatch(shown);
    }
    await page.close();
  });

  test.each([390, 700, 1400])(
    "%i px: the questions bring what they speak of into view, and lead back",
    async (width) => {
      const page = await open("", width);
      await page.emulateMedia({ reducedMotion: "reduce" });
      const isIn = (selector: string) =>
        page.locator(selector).evaluate((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        });
      const isNarrow = width < 1100;
      const back = page.getByRole("button", { name: "Back to the question" });
      if (isNarrow) {
        await page.getByRole("button", { name: "Six questions" }).click();
        expect(await isIn("#questions h3 >> nth=0")).toBe(true);
      }
      for (const link of await page.getByRole("link", { name: "Show me" }).all()) {
        expect(await back.isVisible()).toBe(false);
        await link.click();
        expect(await isIn(`#${await link.getAttribute("data-see")} svg`)).toBe(true);
        expect(await back.isVisible()).toBe(isNarrow);
        if (!isNarrow) continue;
        await back.click();
        expect(await link.evaluate((one) => one === document.activeElement)).toBe(true);
      }
      await page.close();
    },
  );

  test("without a function of the sliders nothing is said of psi", async () => {
    const page = await open("#theta=2.8&functions=arcface,arcface-hard");
    expect(await page.locator("#psi").isVisible()).toBe(false);
    const [figures] = await page.locator("#figures").allInnerTexts();
    expect(figures).toMatch(/margins of their own.*\narcface:m=0\.5 does not exceed cos\(θj\) here\.\n/);
    expect(figures).not.toMatch(/probability|m θy/);
    expect(await page.locator("#curve svg").textContent()).not.toMatch(/θj\/4|naive/);
    expect(await page.locator("#commands pre").textContent()).not.toContain("--m");
    await page.getByRole("checkbox", { name: "ψ (asoftmax)" }).check();
    expect(await page.locator("#psi").isVisible()).toBe(true);
    await page.close();
  });

  test("rounded zeros are 0, also at the end of a descent", async () => {
    const page = await open(`#theta=${timesPi(1, 2)}&scale=2`);
    const [naive] = await page.locator("#values tr", { hasText: "cos(4 θ)" }).allInnerTexts();
    expect(naive).toMatch(/1\s+0\s+0$/);
    await page.evaluate(() => {
      location.hash = "theta=1.5&scale=2";
    });
    await page.getByRole("listitem").getByText("ψ, m = 4: from 1.5 it reaches 0, where 4 θy = 0 < θj = 1.5.").waitFor();
    await page.close();
  });

  test("a slider keeps the value that was given, and what is not understood is said until a change", async () => {
    const page = await open("#theta=1.2&competing=9&functions=foo");
    expect(await page.getByText("theta=1.2").count()).toBe(0);
    const misread = page.getByText("Not understood, and left as at the start: competing=9, functions=foo");
    await misread.waitFor();
    const range = page.getByRole("slider", { name: "target angle" });
    const shown = async (key: string) => {
      await range.press(key);
      return range.getAttribute("aria-valuetext");
    };
    expect([await shown("ArrowRight"), await shown("ArrowLeft"), await shown("ArrowLeft")]).toEqual([
      "1.20428 (69°)",
      "1.2 (68.75°)",
      "1.19555 (68.5°)",
    ]);
    expect(await misread.count()).toBe(0);
    await page.close();
  });

  test("it speaks once after the last of many changes, and its address restores it", async () => {
    const page = await open();
    await page.clock.install();
    await page.getByRole("slider", { name: "target angle" }).focus();
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press("ArrowLeft");
      await page.clock.runFor(100);
    }
    const spoken = () => page.locator("#live").textContent();
    expect([await spoken(), new URL(page.url()).hash]).toEqual(["", ""]);
    await page.clock.runFor(500);
    expect(await spoken()).toBe(await page.locator("#why").textContent());
    const shown = (one: Page) => one.locator("#controls, #figures, #commands pre, #descent ul").allInnerTexts();
    const again = await open(new URL(page.url()).hash);
    expect(await shown(again)).toEqual(await shown(page));
    await again.close();
    await page.close();
  });

  test("the page begins with what is given", async () => {
    const own = join(folder, "own.html");
    await run(words("explore --m 3 --theta pi/3 --competing 1 --output", own));
    const page = await open("", 700, "light", own);
    expect(await page.locator("#commands pre").textContent()).toContain("margin --m 3 --theta pi/3 --competing 1\n");
    await run(words("explore --functions asoftmax:m=2:lambda=1,arcface,naive:m=3 --output", own));
    await page.reload();
    expect(await page.locator("#commands pre").textContent()).toContain(
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

/** The text with functions named as pictures do, the longest notations first: one may begin another. */
const namedAsInPictures = (text: string, targets: readonly Target[]) =>
  targets
    .toSorted((a, b) => b.spec.length - a.spec.length)
    .reduce((all, one) => all.replaceAll(one.spec, messageText(inWords(one, targets))), text.replace(/\s+/g, " "));

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
