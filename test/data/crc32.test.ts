import { expect, test } from "vitest";
import { crc32 } from "../../src/data/crc32.ts";

test("the CRC-32 of bytes, in parts of which one is empty too", () => {
  const parts = ["1234", "", "56789"].map((text) => Buffer.from(text));
  expect(parts.reduce((crc, part) => crc32(part, crc), 0)).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});
