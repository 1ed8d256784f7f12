import { describe, expect, test } from "vitest";
import { listed, oneLine, shortened, visible } from "../../src/data/shown.ts";

// biome-ignore format: a table
const texts: [text: string, shown: string][] = [
  ["plain, é, π, 𝛑",     "plain, é, π, 𝛑"],
  ["\x1b[2J",            "\\x1b[2J"],
  ["a\tb\r\nc\0",        "a\\tb\\r\\nc\\x00"],
  ["\x7f\x9b31m",        "\\x7f\\u009b31m"],
  ["\u202eabc\u2069",    "\\u202eabc\\u2069"],
  ["\u2028",             "\\u2028"],
  ["C:\\temp",           "C:\\temp"],
];

test.each(texts)("%j is shown as it stands, without its control characters", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("characters that are kept", () => {
  expect(visible("a\tb\n\x1bc", "\n\t")).toBe("a\tb\n\\x1bc");
});

describe("what a message quotes is no longer than anybody reads", () => {
  test("the middle of a text is left out and counted", () => {
    expect(shortened("x".repeat(200))).toBe("x".repeat(200));
    const text = `${"a".repeat(2_500_000)}${"b".repeat(2_500_000)}`;
    expect(shortened(text)).toBe(`${"a".repeat(84)} ... 4,999,832 more characters ... ${"b".repeat(84)}`);
  });

  test("the first words of a list, and how many more there are", () => {
    expect(listed(["a", "b"])).toBe("a, b");
    expect(listed([])).toBe("");
    const names = Array.from({ length: 5000 }, (_, i) => `column_${i}`);
    const shown = listed(names);
    expect(shown).toMatch(/^column_0, column_1, .*, column_\d+, \.\.\. 4,98\d more$/);
    expect(shown.length).toBeLessThan(220);
    expect(listed(["y".repeat(9999), "z"])).toMatch(/^y{84} \.\.\. 9,831 more characters \.\.\. y{84}, \.\.\. 1 more$/);
  });

  test("a message of any length and any words", () => {
    expect(oneLine("a.csv line 2: wrong")).toBe("a.csv line 2: wrong");
    expect(oneLine(`"${"\x1b".repeat(9999)}" is wrong`)).toMatch(
      /^"(\\x1b){83} \.\.\. .* more characters \.\.\. (\\x1b){83}" is wrong$/,
    );
    expect(oneLine("no end ".repeat(9999)).length).toBeLessThan(820);
  });
});
