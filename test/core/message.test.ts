import { describe, expect, test } from "vitest";
import { joined, message, messageText, radians } from "../../src/core/message.ts";

test("a message is the list of its words, numbers and angles, without empty parts", () => {
  expect(message`${3} of ${4} hold`).toEqual([3, " of ", 4, " hold"]);
  expect(message``).toEqual([]);
  expect(message`at ${radians(0.5)}${""}.`).toEqual(["at ", { angle: 0.5 }, "."]);
  expect(message`${message`a ${1}`}, ${[]}b`).toEqual(["a ", 1, ", ", "b"]);
});

test("the text of a message has numbers and angles in full", () => {
  expect(messageText(["theta is ", { angle: 1.5 }, " at ", 1e-7, ""])).toBe("theta is 1.5 at 1e-7");
  expect(messageText([])).toBe("");
});

describe("a list in words", () => {
  const parts = (count: number) => Array.from({ length: count }, (_, i) => message`p${i}`);
  test.each([
    [0, ""],
    [1, "p0"],
    [2, "p0 and p1"],
    [3, "p0, p1 and p2"],
    [8, "p0, p1, p2, p3, p4, p5, p6 and p7"],
    [9, "p0, p1, p2, p3, p4, p5, p6, p7 and 1 more"],
    [12, "p0, p1, p2, p3, p4, p5, p6, p7 and 4 more"],
  ])("of %d", (count, text) => {
    expect(messageText(joined(parts(count)))).toBe(text);
  });
});
