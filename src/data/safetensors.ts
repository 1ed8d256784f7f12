import { type ArrayFile, bytesAt, damaged, partOf } from "./array-file.ts";
import { requireReadable, type StoredArray } from "./arrays.ts";
import { tried } from "./errors.ts";

const LOADING = "__import__('safetensors.numpy').numpy.load_file('FILE')['NAME']";

/**
 * A tensor of a safetensors file: 8 bytes with the length of a JSON header, which says of each tensor its type, its
 * shape and where among the bytes that follow it lies. Throws DataError where these do not fit the file.
 */
export function safetensorsArray(file: ArrayFile): StoredArray {
  const length = Number(bytesAt(file, 0, 8).readBigUInt64LE());
  const { part, ...named } = partOf(file, tensorsOf(bytesAt(file, 8, length).toString(), file.path), LOADING);
  const { dtype, shape, data_offsets: ends } = (part ?? {}) as Record<string, unknown>;
  if (!(typeof dtype === "string" && areSizes(shape) && areSizes(ends) && ends.length === 2))
    throw damaged(named.name, "its type, shape or place is missing");
  const [start, end] = ends.map((offset) => 8 + length + offset) as [number, number];
  if (end > file.size) throw damaged(named.name, `it should end at byte ${end}, but the file ends at ${file.size}`);
  const type = dtype.replace(/^(BF|[FIU])(\d+)$/, (_, kind, bits) => `<${kind.toLowerCase()}${bits / 8}`);
  const array = { ...named, fd: file.fd, start, end, dtype: type, shape, fortran: false };
  requireReadable(array);
  return array;
}

function tensorsOf(header: string, path: string): Map<string, unknown> {
  const tensors = tried(
    () => Object.entries(JSON.parse(header)),
    () => damaged(path, "its header is no JSON"),
  );
  return new Map(tensors.filter(([name]) => name !== "__metadata__"));
}

const areSizes = (list: unknown): list is number[] =>
  Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);
