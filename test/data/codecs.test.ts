import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { codecs } from "../../src/data/codecs.ts";

const page = Buffer.from("a page, a page, a page, a page");

test("gzip (of one member or two), zlib and brotli", () => {
  const halves = [page.subarray(0, 9), page.subarray(9)];
  for (const bytes of [gzipSync(page), Buffer.concat(halves.map((half) => gzipSync(half))), deflateSync(page)])
    expect(Buffer.from(codecs.GZIP!(bytes, page.length))).toEqual(page);
  expect(Buffer.from(codecs.BROTLI!(brotliCompressSync(page), page.length))).toEqual(page);
});

test("more than the page says it holds, and brotli cut short, end", () => {
  expect(() => codecs.GZIP!(gzipSync(Buffer.alloc(1e6)), 9)).toThrow();
  expect(() => codecs.BROTLI!(brotliCompressSync(Buffer.alloc(1e6)), 9)).toThrow();
  const whole = brotliCompressSync(page);
  for (let end = 0; end < whole.length; end++)
    expect(() => codecs.BROTLI!(whole.subarray(0, end), page.length)).toThrow();
});

test("LZ4 in Hadoop's frames, and without; a frame of a negative length", () => {
  const block = [0x30, 0x61, 0x62, 0x63];
  const frame = [0, 0, 0, 3, 0, 0, 0, 4, ...block];
  const read = (bytes: number[], length: number) => Buffer.from(codecs.LZ4!(new Uint8Array(bytes), length)).toString();
  expect(read(block, 3)).toBe("abc");
  expect(read([...frame, ...frame], 6)).toBe("abcabc");
  expect(() => read([0, 0, 0, 0, 255, 255, 255, 248, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3)).toThrow();
});
