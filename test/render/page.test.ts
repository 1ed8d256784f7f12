/// <reference lib="dom" />
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pathOf } from "../installed.ts";
import { draw } from "./draw.ts";

const browserPath = pathOf("chromium");
const missing = browserPath === undefined;
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];

const folder = mkdtempSync(join(tmpdir(), "asoftmax-page-"));
let browser: Browser;
beforeAll(async () => {
  if (browserPath !== undefined) browser = await chromium.launch({ executablePath: browserPath, args: ARGS });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

interface Opened {
  readonly page: Page;
  /** Requests, messages and errors: there should be none. */
  readonly trouble: string[];
}

async function open(line: string, ending: string, width: number, colorScheme: "light" | "dark"): Promise<Opened> {
  const file = join(folder, `picture.${ending}`);
  writeFileSync(file, await draw(line, ending));
  const url = pathToFileURL(file).href;
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const trouble: string[] = [];
  page.on("request", (request) => request.url() !== url && trouble.push(request.url()));
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  await page.goto(url);
  await page.locator("svg.chart").last().waitFor({ state: "attached" });
  return { page, trouble };
}

/** Every text of the picture that shows, with its place. */
const textsOf = (page: Page) =>
  page.locator("svg.chart text").evaluateAll((texts) =>
    texts
      .filter(
        (text) =>
          text.getBoundingClientRect().width > 0 && getComputedStyle(text).opacity !== "0" && text.textContent !== "",
      )
      .map((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return { text: text.textContent!, left, right, top, bottom, fill: getComputedStyle(text).fill };
      }),
  );

const ticksOf = async (page: Page) =>
  (await textsOf(page)).map(({ text }) => text).filter((text) => /π|^0$/.test(text));

describe.skipIf(missing)(`in Chromium${missing ? ": chromium is not installed" : ""}`, () => {
  const LINE = "violations --competing 1.5";
  const cases = ["html", "svg"].flatMap((ending) =>
    [400, 1400].flatMap((width) => (["light", "dark"] as const).map((scheme) => [ending, width, scheme] as const)),
  );

  test.each(cases)("%s, %i wide, %s", async (ending, width, scheme) => {
    const { page, trouble } = await open(LINE, ending, width, scheme);
    const texts = await textsOf(page);
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(["0", "π/4", "π"]));
    for (const { text, left, right, fill } of texts) {
      expect([text, left >= 0 && right <= width]).toEqual([text, true]);
      if (text === "π/4") expect(fill).toBe(scheme === "dark" ? "rgb(221, 221, 221)" : "rgb(34, 34, 34)");
    }
    const overlapping = texts.flatMap((a, i) =>
      texts.slice(i + 1).filter(
        (b) =>
          !a.text.includes(b.text) &&
          a.left < b.right &&
          b.left < a.right &&
          // Boxes reach above and below the letters, by some pixels.
          a.top + 4 < b.bottom &&
          b.top + 4 < a.bottom,
      ),
    );
    expect(overlapping).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test.each(
    ["digits-naive-m4-16d.csv", "digits-softmax-3d.csv"].flatMap((file) =>
      [400, 1400].flatMap((width) => (["light", "dark"] as const).map((scheme) => [file, width, scheme] as const)),
    ),
  )("the report of %s, %i wide, %s", async (file, width, scheme) => {
    const { page, trouble } = await open(
      `measure --m 1,3,4 --functions asoftmax,combined:m1=1:m2=0.3:m3=0.2:lambda=5 --input test/fixtures/${file}`,
      "html",
      width,
      scheme,
    );
    expect(await page.title()).toBe("Margin report");
    expect((await textsOf(page)).map(({ text }) => text)).toEqual(expect.arrayContaining(["0", "π/2", "by min θj"]));
    const wide = await page
      .locator("html, .wide")
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML));
    expect(wide).toEqual([]);
    const small = await page
      .locator("p, td, th, dt, dd, small, svg.chart text")
      .evaluateAll((all) =>
        all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize)).filter((px) => px < 13),
      );
    expect(small).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("the values at the pointer", async () => {
    const { page, trouble } = await open("plot", "html", 1400, "light");
    expect(await page.title()).toContain("cos(4 θ) rises again beyond π/4");
    const knot = (await textsOf(page)).find(({ text }) => text === "π/2")!;
    await page.mouse.move((knot.left + knot.right) / 2, 200);
    await page.locator("#tip tr").nth(2).waitFor();
    expect(await page.locator("#tip tr").allInnerTexts()).toEqual([
      "target angle θy\t1.5708",
      "ψ, m = 4\t−3",
      "cos(4 θ)\t1",
    ]);
    await page.mouse.move(5, 700);
    await page.locator("#tip").waitFor({ state: "hidden" });
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("zooms in and back", async () => {
    const { page, trouble } = await open("plot", "html", 1400, "light");
    const whole = ["0", "π/4", "π/2", "3π/4", "π"];
    expect(await ticksOf(page)).toEqual(expect.arrayContaining(whole));
    await page.mouse.move(700, 200);
    for (let turn = 0; turn < 8; turn++) await page.mouse.wheel(0, -100);
    await expect.poll(() => ticksOf(page)).not.toContain("π");
    expect((await ticksOf(page)).some((text) => /^0\.\d+π$/.test(text))).toBe(true);
    await page.mouse.dblclick(700, 200);
    await expect.poll(() => ticksOf(page)).toEqual(expect.arrayContaining(whole));
    expect(trouble).toEqual([]);
    await page.close();
  });
});
