import { type ArrayFile, bytesAt, damaged, inPython, partOf } from "./array-file.ts";
import { requireReadable, type StoredArray } from "./arrays.ts";
import { DataError } from "./errors.ts";

const LONGEST_HEADER = 2 ** 23;

interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * A tensor of a safetensors file: 8 bytes with the length of a JSON header, which says of each tensor its type, its shape and where among the bytes
 * that follow it lies. Throws DataError where these do not fit the file.
 */
export function safetensorsArray(file: ArrayFile): StoredArray {
  const length = Number(bytesAt(file, 0, 8).readBigUInt64LE());
  const room = file.size - 8;
  if (!(length <= room))
    throw damaged(file.path, `the header should have ${length} bytes, but the file ends after ${room}`);
  if (length > LONGEST_HEADER)
    throw new DataError(`${file.path}: the header has ${length} bytes: at most ${LONGEST_HEADER} are supported`);
  const { name, part } = partOf(file, tensorsOf(bytesAt(file, 8, length).toString(), file.path));
  if (!isTensor(part)) throw damaged(name, "the header does not say its dtype, shape and data_offsets");
  const [start, end] = part.data_offsets.map((offset) => 8 + length + offset);
  if (!(end! <= file.size)) throw damaged(name, `it should end at byte ${end}, but the file ends at ${file.size}`);
  const python = `__import__('safetensors.numpy').numpy.load_file('${inPython(file.path, "FILE")}')['${inPython(name.slice(file.path.length + 1), "NAME")}']`;
  const { shape } = part;
  const dtype = part.dtype.replace(/^(BF|[FIU])(\d+)$/, (_, kind, bits) => `<${kind.toLowerCase()}${bits / 8}`);
  const array = { name, python, fd: file.fd, start: start!, end: end!, dtype, shape, fortran: false };
  requireReadable(array);
  return array;
}

function tensorsOf(header: string, path: string): Map<string, unknown> {
  try {
    const { __metadata__, ...tensors } = JSON.parse(header);
    return new Map(Object.entries(tensors));
  } catch {
    throw damaged(path, "the header is no JSON object");
  }
}

const isSize = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;

function isTensor(one: unknown): one is Tensor {
  const { dtype, shape, data_offsets: ends } = (one ?? {}) as Partial<Tensor>;
  const areSizes = (list: unknown) => Array.isArray(list) && list.every(isSize);
  return typeof dtype === "string" && areSizes(shape) && areSizes(ends) && ends!.length === 2 && ends![0] <= ends![1];
}
