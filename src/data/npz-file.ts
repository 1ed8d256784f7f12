import { crc32 } from "./crc32.ts";

/** One array of a .npz file that is written; bytes gives its elements as often as it is asked. */
export interface NpzMember {
  readonly name: string;
  /** The type of the elements as numpy writes it: "<f8". */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: () => Iterable<Uint8Array>;
}

/**
 * The bytes of a .npz file: a zip archive of .npy files, stored, with the lengths of zip64 in all places, as
 * numpy.savez writes it. The same members give the same bytes. Sources: PKWARE's APPNOTE 6.3.10, numpy.lib.format.
 */
export function* npzFile(members: readonly NpzMember[]): Generator<Uint8Array> {
  const directory: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const { name, bytes } = member;
    const head = npyHead(member);
    let [size, crc] = [head.length, crc32(head)];
    for (const piece of bytes()) [size, crc] = [size + piece.length, crc32(piece, crc)];
    const path = Buffer.from(`${name}.npy`);
    const entry = (lengths: readonly number[]) => {
      const fixed = [words(2, 45, 0, 0, 0, FIRST_DAY), words(4, crc, LONG, LONG)];
      const sizes = [words(2, path.length, 4 + 8 * lengths.length)];
      const ofDirectory = lengths.length > 2 ? [words(2, 0, 0, 0), words(4, 0, LONG)] : [];
      const zip64 = [words(2, 1, 8 * lengths.length), words(8, ...lengths)];
      return Buffer.concat([...fixed, ...sizes, ...ofDirectory, path, ...zip64]);
    };
    const local = Buffer.concat([words(4, 0x04034b50), entry([size, size])]);
    directory.push(Buffer.concat([words(4, 0x02014b50), words(2, 45), entry([size, size, at])]));
    at += local.length + size;
    yield local;
    yield head;
    yield* bytes();
  }
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  yield* directory;
  const count = members.length;
  const places = [words(2, 45, 45), words(4, 0, 0), words(8, count, count, length, at)];
  const zip64End = [words(4, 0x06064b50), words(8, 44), ...places];
  const locator = [words(4, 0x07064b50, 0), words(8, at + length), words(4, 1)];
  const end = [words(4, 0x06054b50), words(2, 0, 0, count, count), words(4, LONG, LONG), words(2, 0)];
  yield Buffer.concat([...zip64End, ...locator, ...end]);
}

/** In place of a length: it is in the fields of zip64. The date 1980-01-01. */
const LONG = 0xffffffff;
const FIRST_DAY = 0x21;

/** Whole numbers of 2, 4 or 8 bytes each, little-endian. */
function words(bytes: 2 | 4 | 8, ...numbers: readonly number[]): Buffer {
  const all = Buffer.alloc(bytes * numbers.length);
  for (const [i, x] of numbers.entries()) {
    if (bytes === 8) all.writeBigUInt64LE(BigInt(x), 8 * i);
    else all.writeUIntLE(x, bytes * i, bytes);
  }
  return all;
}

/** The header of a .npy file, version 1. */
function npyHead({ dtype, shape }: NpzMember): Buffer {
  const dimensions = shape.map((n) => `${n},`).join(" ");
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const length = 64 * Math.ceil((11 + text.length) / 64) - 10;
  const magic = Buffer.from("\x93NUMPY\x01\x00", "latin1");
  return Buffer.concat([magic, words(2, length), Buffer.from(`${text.padEnd(length - 1)}\n`)]);
}
