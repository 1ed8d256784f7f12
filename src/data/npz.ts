import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { type ArrayFile, bytesAt, damaged, partOf } from "./array-file.ts";
import type { StoredArray } from "./arrays.ts";
import { DataError } from "./errors.ts";
import { LONGEST_HEADER, npyArray } from "./npy.ts";
import { refusal } from "./refusals.ts";
import { TemporaryFile } from "./temporary-file.ts";

const STORED = 0;
const DEFLATED = 8;
/** The most bytes that deflate can make of one compressed byte. */
const LARGEST_RATIO = 1032;
/** As much as a stored block of deflate holds. */
const CHUNK = 65535;

/**
 * An array of a .npz file: a zip archive of .npy files, stored or deflated. What is deflated is written
 * to a temporary file. Throws DataError where the archive is damaged, which the checksum of the array
 * tells too. Sources: PKWARE's APPNOTE 6.3.10, numpy.savez.
 */
export async function npzArray(file: ArrayFile): Promise<StoredArray> {
  const { part: member, ...named } = partOf(file, membersOf(file), "np.load('FILE')['NAME']");
  const { method, packed, size, header } = member;
  if (method !== STORED && method !== DEFLATED)
    throw new DataError(`${named.name} is compressed by method ${method}: numpy stores or deflates`);
  const head = bytesAt(file, header, 30);
  const start = header + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  const most = method === STORED ? packed : LARGEST_RATIO * packed;
  if (head.readUInt32LE() !== 0x04034b50 || start + packed > file.size || size > most) throw damaged(named.name);

  const arrayAt = (fd: number, start: number) => npyArray({ ...named, fd, start, end: start + size });
  const copy = method === DEFLATED ? new TemporaryFile() : undefined;
  let array = copy ? undefined : arrayAt(file.fd, start);
  let done = 0;
  try {
    const gunzip = createGunzip({ chunkSize: 2 ** 18 });
    for await (const bytes of pipeline(gzipOf(file, start, member), gunzip, () => {})) {
      done += bytes.length;
      if (done > size) break;
      copy?.append(bytes);
      // A header that does not fit ends it before all is written.
      if (copy && done >= Math.min(size, LONGEST_HEADER)) array ??= arrayAt(copy.fd, 0);
    }
  } catch (error) {
    throw error instanceof DataError ? error : damaged(named.name, "it is not what its checksum says");
  }
  if (done !== size || !array) throw damaged(named.name, `it has not the ${size} bytes that it should have`);
  return array;
}

type Member = ReturnType<typeof memberAt>;

/** The member as gzip, whose reader checks length and checksum: what is stored in blocks of deflate that are stored. */
async function* gzipOf(file: ArrayFile, start: number, { method, packed, size, crc }: Member): AsyncGenerator<Buffer> {
  const block = (length: number) =>
    Buffer.of(length === 0 ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);
  yield Buffer.from("1f8b08000000000000ff", "hex");
  for (let done = 0; done < packed; done += CHUNK) {
    const bytes = bytesAt(file, start + done, Math.min(CHUNK, packed - done));
    yield method === STORED ? Buffer.concat([block(bytes.length), bytes]) : bytes;
  }
  if (method === STORED) yield block(0);
  yield Buffer.from(Uint32Array.of(crc, size % 2 ** 32).buffer);
}

/** The .npy files in the archive by name. */
function membersOf(file: ArrayFile): Map<string, Member> {
  const list = directoryOf(file);
  const members = new Map<string, Member>();
  for (let at = 0; at < list.length; ) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== 0x02014b50) throw damaged(file.path);
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((field) => list.readUInt16LE(at + field));
    const end = at + 46 + name + extra;
    const member = list.subarray(at, end);
    const path = member.toString("utf8", 46, 46 + name);
    if (path.endsWith("data.pkl")) throw refusal(file.path, "PyTorch");
    if (path.endsWith(".npy")) members.set(path.slice(0, -4), memberAt(member, 46 + name));
    at = end + comment;
  }
  return members;
}

/** A member from its entry in the directory; its extra fields begin at `extra`. */
function memberAt(entry: Buffer, extra: number) {
  // Those of zip64 follow one another, only those that do not fit.
  const long: number[] = [];
  for (let at = extra, end = 0; at + 4 <= entry.length; at = end) {
    end = at + 4 + entry.readUInt16LE(at + 2);
    if (entry.readUInt16LE(at) !== 1) continue;
    for (let i = at + 4; i + 8 <= Math.min(end, entry.length); i += 8) long.push(Number(entry.readBigUInt64LE(i)));
  }
  const [size = 0, packed = 0, header = 0] = [24, 20, 42].map((field) => {
    const short = entry.readUInt32LE(field);
    return short === 0xffffffff ? long.shift() : short;
  });
  return { method: entry.readUInt16LE(10), crc: entry.readUInt32LE(16), size, packed, header };
}

/** The directory at the end of the archive. */
function directoryOf(file: ArrayFile): Buffer {
  const from = Math.max(0, file.size - 22 - 65535);
  const tail = bytesAt(file, from, file.size - from);
  const end = tail.lastIndexOf("PK\x05\x06", -22, "latin1");
  if (end < 0) throw damaged(file.path, "the end of the zip archive is missing");
  if (tail.toString("latin1", end - 20, end - 16) !== "PK\x06\x07")
    return bytesAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const long = bytesAt(file, Number(tail.readBigUInt64LE(end - 12)), 56);
  return bytesAt(file, Number(long.readBigUInt64LE(48)), Number(long.readBigUInt64LE(40)));
}
