import { isDecimal } from "../core/notation.ts";
import { bytesAt, openArrayFile } from "./array-file.ts";
import type { StoredArray } from "./arrays.ts";
import { recordBlocks } from "./blocks.ts";
import { fromBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { bytesOf } from "./file.ts";
import { npyArray } from "./npy.ts";
import { npzArray } from "./npz.ts";
import { refused } from "./refusals.ts";
import { safetensorsArray } from "./safetensors.ts";
import { shortened, withNames } from "./shown.ts";
import { TemporaryFile } from "./temporary-file.ts";

/**
 * The array that a path names: a .npy file, or a part of a .npz, .safetensors or Parquet file behind a colon; with
 * text, a file of one number a line too. The first bytes of a file decide how it is read.
 */
export async function openArray(given: string, text = false): Promise<StoredArray> {
  const file = openArrayFile(given);
  const { path, part, fd, size } = file;
  const head = bytesAt(file, 0, Math.min(size, 16)).toString("latin1");
  if (head.startsWith("PK")) return npzArray(file);
  if (head.startsWith("PAR1")) return (await import("./parquet-array.ts")).parquetArray(file);
  if (head[8] === "{" || path.endsWith(".safetensors")) return safetensorsArray(file);
  const fault = refused(path, head);
  if (fault) throw fault;
  if (part !== undefined) throw new DataError(`${path} is one array or none: leave out :${part}`);
  const python = withNames("np.load('FILE')", path);
  if (head.startsWith("\x93NUMPY") || path.endsWith(".npy"))
    return npyArray({ name: path, python, fd, start: 0, end: size });
  if (text) return textArray(path);
  throw new DataError(`${path} is no file of vectors: give .npy, .npz, .safetensors or Parquet`);
}

/** The numbers of a text file, one a line. */
async function textArray(path: string): Promise<StoredArray> {
  const items = new TemporaryFile();
  for await (const { bytes, line } of recordBlocks(bytesOf(path), path)) {
    const lines = bytes.toString("latin1").split(/\r\n?|\n/);
    const numbers = lines.flatMap((text, i) => (text.trim() === "" ? [] : [numberOf(text, path, line + i)]));
    items.append(Float64Array.from(numbers));
  }
  return items.array({ name: path, python: "" }, "=f8", 1);
}

function numberOf(text: string, path: string, line: number): number {
  if (isDecimal(text) && Number.isFinite(Number(text))) return Number(text);
  const what = `"${shortened(fromBytes(text).trim())}" is not a number: a text file has one a line`;
  const hint = line === 1 ? `; tail -n +2 ${path} leaves out a header` : "";
  throw new DataError(`${path} line ${line}: ${what}${hint}`);
}
