import { type ArrayFile, damaged, partOf } from "./array-file.ts";
import { conversion, NUMBERED, type StoredArray } from "./arrays.ts";
import { DataError } from "./errors.ts";
import { openParquet } from "./parquet-columns.ts";
import { TemporaryFile } from "./temporary-file.ts";

/**
 * A column of a Parquet file, of numbers or of lists of floats that are all as long as one another, written to a
 * temporary file. Throws DataError for any other column, a null, and where the file is damaged.
 */
export async function parquetArray(file: ArrayFile): Promise<StoredArray> {
  const { columns, groups, pages } = await openParquet(file.path);
  const places = new Map(columns.map(({ name }, i) => [name, i]));
  const { part: column, ...named } = partOf(file, places, LOADING);
  const fault = (reason: string) => new DataError(`${named.name}${reason}`);
  const items = new TemporaryFile();
  let dtype = columns[column]!.schemaPath.at(-1)?.element.type === "FLOAT" ? "=f4" : "=f8";
  let [done, cols, rows] = [0, 0, 0];
  /** Ends a row before the item `end`; all are as long as the first. */
  function endRow(end: number): void {
    if (rows === 1) cols = end;
    if (end !== rows * cols) throw fault(` row ${rows - 1} has ${end - (rows - 1) * cols} components, row 0 ${cols}`);
  }
  for (const group of groups.keys())
    for await (const { entries, repetition, values } of pages(group, column)) {
      if (Array.isArray(values))
        throw fault(
          `${UNFIT}: number labels of text in the order of the class vectors, here that of the alphabet, ${conversion(`${NUMBERED}(${named.python})`)}`,
        );
      if (values.length !== entries) throw fault(": a value or a list is null or empty: leave such rows out");
      for (let i = 0; i < entries; i++) {
        if (repetition?.[i]) continue;
        endRow(done + i);
        rows++;
      }
      if (values instanceof BigInt64Array) dtype = "=i8";
      items.append(dtype === "=f4" ? new Float32Array(values as Float64Array) : values);
      done += entries;
    }
  if (done === 0) throw fault(UNFIT);
  endRow(done);
  const expected = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== expected) throw damaged(named.name, `it has ${rows} of ${expected} rows`);
  return items.array(named, dtype, cols);
}

const LOADING = "np.stack(__import__('pandas').read_parquet('FILE')['NAME'])";
const UNFIT = " is no column of numbers or of lists of floats";
