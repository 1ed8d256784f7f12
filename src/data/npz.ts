import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { type ArrayFile, bytesAt, damaged, inPython, partOf } from "./array-file.ts";
import type { StoredArray } from "./arrays.ts";
import { DataError } from "./errors.ts";
import { LONGEST_HEADER, npyArray } from "./npy.ts";
import { refusal } from "./refusals.ts";
import { TemporaryFile } from "./temporary-file.ts";

/** A member of a zip archive, as the directory at its end describes it. */
interface Member {
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly crc: number;
  /** How many bytes it takes in the archive, and how many it has. */
  readonly packed: number;
  readonly size: number;
  readonly start: number;
}

const STORED = 0;
const DEFLATED = 8;
const LONGEST_END = 22 + 65535;
const LONGEST_DIRECTORY = 2 ** 26;
/** Deflate makes at most so many bytes of one. */
const LARGEST_RATIO = 1032;
/** As much as a stored block of deflate holds. */
const CHUNK = 65535;

/**
 * An array of a .npz file: a zip archive of .npy files, stored or deflated. What is deflated is written to a temporary file. Throws DataError where
 * the archive is damaged, which the checksum of the array tells too. Sources: PKWARE's APPNOTE 6.3.10, numpy.savez.
 */
export async function npzArray(file: ArrayFile): Promise<StoredArray> {
  const members = membersOf(file);
  const isTorch = [...members.keys()].some((name) => /(^|\/)data\.pkl$/.test(name));
  if (isTorch) throw refusal(file.path, "PyTorch");
  const arrays = [...members].filter(([name]) => name.endsWith(".npy"));
  const { name, part: member } = partOf(file, new Map(arrays.map(([name, one]) => [name.slice(0, -4), one])));
  const { method, packed, size, start } = member;
  if (member.isEncrypted) throw new DataError(`${name} is encrypted: give one that is not`);
  if (method !== STORED && method !== DEFLATED)
    throw new DataError(`${name} is compressed by method ${method}: write it with numpy.savez or savez_compressed`);
  if (method === STORED ? size !== packed : size > LARGEST_RATIO * packed)
    throw damaged(name, `${packed} bytes cannot hold ${size}`);
  const python = `np.load('${inPython(file.path, "FILE")}')['${inPython(name.slice(file.path.length + 1), "NAME")}']`;
  const arrayAt = (fd: number, start: number) => npyArray({ name, python, fd, start, end: start + size });

  let array = method === STORED ? arrayAt(file.fd, start) : undefined;
  const temporary = new TemporaryFile();
  let done = 0;
  try {
    for await (const bytes of gunzipped(gzipOf(file, member))) {
      done += bytes.length;
      if (done > size) break;
      if (method === STORED) continue;
      temporary.append(bytes);
      // A header that does not fit ends it before all is written.
      if (done >= Math.min(size, 12 + LONGEST_HEADER)) array ??= arrayAt(temporary.fd, 0);
    }
  } catch (error) {
    throw error instanceof DataError ? error : damaged(name, "its checksum or its compressed data is wrong");
  }
  if (done !== size || array === undefined) throw damaged(name, `it has not the ${size} bytes that it should have`);
  return array;
}

async function* gunzipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* pipeline(source, createGunzip({ chunkSize: 2 ** 18 }), () => {});
}

/** The member as gzip, whose reader checks length and checksum: what is stored in blocks of deflate that are stored. */
async function* gzipOf(file: ArrayFile, { method, start, packed, size, crc }: Member): AsyncGenerator<Buffer> {
  yield Buffer.from("1f8b08000000000000ff", "hex");
  for (let done = 0; done < packed; done += CHUNK) {
    const bytes = bytesAt(file, start + done, Math.min(CHUNK, packed - done));
    if (method === STORED) yield storedBlock(bytes.length, false);
    yield bytes;
  }
  if (method === STORED) yield storedBlock(0, true);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc, 0);
  end.writeUInt32LE(size % 2 ** 32, 4);
  yield end;
}

const storedBlock = (length: number, isLast: boolean) =>
  Buffer.of(isLast ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);

/** The members by name. */
function membersOf(file: ArrayFile): Map<string, Member> {
  const { length, at } = directoryOf(file);
  if (length > LONGEST_DIRECTORY)
    throw new DataError(`${file.path}: its list of members has ${length} bytes: too many`);
  const list = bytesAt(file, at, length);
  const members = new Map<string, Member>();
  for (let i = 0; i < length; ) {
    if (i + 46 > length || list.readUInt32LE(i) !== 0x02014b50) throw damaged(file.path);
    const [nameLength, extraLength, comment] = [28, 30, 32].map((field) => list.readUInt16LE(i + field));
    const extra = i + 46 + nameLength!;
    const next = extra + extraLength! + comment!;
    if (next > length) throw damaged(file.path);
    const long = longSizes(list.subarray(extra, extra + extraLength!));
    // Those of zip64 follow one another, only those that do not fit.
    const [size, packed, header] = [24, 20, 42].map((field) => {
      const short = list.readUInt32LE(i + field);
      return short === 0xffffffff ? (long.shift() ?? short) : short;
    });
    const head = bytesAt(file, header!, 30);
    const start = header! + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    if (head.readUInt32LE(0) !== 0x04034b50 || start + packed! > file.size) throw damaged(file.path);
    members.set(list.toString("utf8", i + 46, extra), {
      isEncrypted: (list[i + 8]! & 1) === 1,
      method: list.readUInt16LE(i + 10),
      crc: list.readUInt32LE(i + 16),
      packed: packed!,
      size: size!,
      start,
    });
    i = next;
  }
  return members;
}

/** The numbers of 64 bits in the extra fields of a member. */
function longSizes(extra: Buffer): number[] {
  for (let i = 0; i + 4 <= extra.length; ) {
    const end = i + 4 + extra.readUInt16LE(i + 2);
    if (extra.readUInt16LE(i) === 1 && end <= extra.length)
      return Array.from({ length: (end - i - 4) >> 3 }, (_, k) => Number(extra.readBigUInt64LE(i + 4 + 8 * k)));
    i = end;
  }
  return [];
}

/** Where the directory lies. */
function directoryOf(file: ArrayFile): { length: number; at: number } {
  const from = Math.max(0, file.size - LONGEST_END);
  const tail = bytesAt(file, from, file.size - from);
  let end = tail.lastIndexOf("PK\x05\x06", "latin1");
  while (end >= 0 && !(end + 22 <= tail.length && end + 22 + tail.readUInt16LE(end + 20) === tail.length))
    end = end === 0 ? -1 : tail.lastIndexOf("PK\x05\x06", end - 1, "latin1");
  if (end < 0) throw damaged(file.path, "the end of the zip archive is missing");
  if (end < 20 || tail.toString("latin1", end - 20, end - 16) !== "PK\x06\x07")
    return { length: tail.readUInt32LE(end + 12), at: tail.readUInt32LE(end + 16) };
  const long = bytesAt(file, Number(tail.readBigUInt64LE(end - 12)), 56);
  return { length: Number(long.readBigUInt64LE(40)), at: Number(long.readBigUInt64LE(48)) };
}
