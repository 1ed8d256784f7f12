import { expect } from "vitest";
import { asoftmax, type Setting, words } from "./run.ts";

/** The rows of a command's csv, each an object of texts; the command must end well. */
export async function rowsOf(line: string, setting?: Setting): Promise<Record<string, string>[]> {
  const { columns, cells } = await csvOf(line, setting);
  return cells.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
}

/** The header and the cells of a command's csv without quotes; the command must end well. */
export async function csvOf(line: string, setting?: Setting): Promise<{ columns: string[]; cells: string[][] }> {
  const { status, stdout, stderr } = await asoftmax(words(line), setting);
  expect([status, stderr]).toEqual([0, ""]);
  const [header = "", ...rows] = stdout.trimEnd().split("\n");
  return { columns: header.split(","), cells: rows.map((row) => row.split(",")) };
}

/** What a command shows to people. */
export async function shown(line: string, setting?: Setting): Promise<string> {
  const { status, stdout, stderr } = await asoftmax([...words(line), "--format", "table"], setting);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

/** The sentences after the last blank line, each line break a space. */
export const sentencesOf = (text: string): string => text.trimEnd().split("\n\n").at(-1)!.replaceAll("\n", " ");

/** Is each cell within so many ulps of the number? */
export function expectNear(cell: string | undefined, value: number, ulps = 2): void {
  const ulp = 2 ** (Math.max(-1022, Math.floor(Math.log2(Math.abs(value) || Number.MIN_VALUE))) - 52);
  expect(Math.abs(Number(cell) - value), `${cell} is not ${value}`).toBeLessThanOrEqual(ulps * ulp);
}

export const ASCII = { LANG: "C" };

/** A chart, or what is drawn with it, is exactly as wide as it was asked to be. */
export function expectWidth(text: string, width: number): void {
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBe(width);
}
