import { pipeline } from "node:stream";
import { DataError } from "./errors.ts";
import { CHUNK } from "./file.ts";
import { withNames } from "./shown.ts";

type Bytes = AsyncIterable<Buffer>;

/** A kind of file that is recognized by its first bytes. */
interface Content {
  readonly name: string;
  /** Do the first bytes say so? One character a byte. */
  readonly begins: (head: string) => boolean;
  /** Of a path, where several kinds begin alike. */
  readonly ending?: RegExp;
  /** Converts its bytes to text. */
  readonly decoded?: (source: Bytes, file: string) => Bytes;
  /** How it becomes something that is read, FILE being its path. */
  readonly advice?: string;
  readonly isJson?: boolean;
}

const magic = (start: string) => (head: string) => head.startsWith(start);
const pandas = (read: string) =>
  `convert it: python3 -c "import pandas; pandas.${read}('FILE').to_csv('FILE.csv', index=False)"`;
/** The arrays that are loaded by their names become columns, those of two dimensions NAME_0, NAME_1 ... */
const numpy = (load: string) =>
  `convert it: python3 -c "import numpy as np; f = ${load}; np.savetxt('FILE.csv', np.column_stack([f[k] for k in f]), delimiter=',', comments='', header=','.join(k if f[k][:1].size < 2 else f'{k}_{i}' for k in f for i in range(f[k][:1].size)))"`;
const piped = (program: string) => `convert it: ${program} FILE | asoftmax ... --input -`;

const VECTORS = "embeddings go to measure --features; angles as text: ";
const ZSTD = "\x28\xb5\x2f\xfd";

/** Does the header of the first frame ask for more memory than the program zstd gives unasked? */
function hasLongWindow(head: string): boolean {
  const [descriptor, window] = [head.charCodeAt(4), head.charCodeAt(5)];
  return head.startsWith(ZSTD) && (descriptor & 0x20) === 0 && window >> 3 > 17;
}

/** The first that fits counts. */
// biome-ignore format: a table
const contents: readonly Content[] = [
  { name: "gzip", begins: magic("\x1f\x8b"), decoded: gunzipped },
  { name: "zstd with a window above 128 MB", begins: hasLongWindow, advice: piped("zstd -dc --long=31") },
  { name: "zstd", begins: magic(ZSTD), decoded: unzstd },
  { name: "UTF-32", begins: magic("\xff\xfe\0\0"), advice: piped("iconv -f UTF-32 -t UTF-8") },
  { name: "UTF-16", begins: magic("\xff\xfe"), decoded: utf16("utf-16le") },
  { name: "UTF-16 (big-endian)", begins: magic("\xfe\xff"), decoded: utf16("utf-16be") },
  { name: "a JSON array", begins: (head) => /^(\xef\xbb\xbf)?\s*\[\s*[{\]]/.test(head), decoded: arrayLines, isJson: true },
  { name: "JSON lines", begins: (head) => /^(\xef\xbb\xbf)?\s*\{\s*"/.test(head), isJson: true },
  { name: "Parquet", begins: magic("PAR1"), advice: "give --input-format parquet and a plain file, which is read by position" },
  { name: "a spreadsheet (.xlsx)", begins: magic("PK\x03\x04"), ending: /\.xls[xm]$/i, advice: pandas("read_excel") },
  { name: "numpy's .npz", begins: magic("PK\x03\x04"), ending: /\.npz$/i, advice: VECTORS + numpy("np.load('FILE')") },
  { name: "a zip archive", begins: magic("PK\x03\x04"), advice: piped("unzip -p") },
  { name: "a pickle", begins: ([a, b]) => a === "\x80" && b! > "\x01" && b! < "\x06", advice: pandas("read_pickle") },
  { name: "numpy's .npy", begins: magic("\x93NUMPY"), advice: VECTORS + numpy("{'theta': np.load('FILE')}") },
  { name: "HDF5", begins: magic("\x89HDF"), advice: pandas("read_hdf") },
  { name: "Arrow", begins: magic("ARROW1"), advice: pandas("read_feather") },
  { name: "bzip2", begins: magic("BZh"), advice: piped("bzip2 -dc") },
  { name: "xz", begins: magic("\xfd7zXZ"), advice: piped("xz -dc") },
  { name: "UTF-16 without a byte order mark", begins: ([a, b, c, d]) => a !== "\0" && b === "\0" && c !== "\0" && d === "\0", advice: piped("iconv -f UTF-16LE -t UTF-8") },
  { name: "UTF-16 (big-endian) without a byte order mark", begins: ([a, b, c, d]) => a === "\0" && b !== "\0" && c === "\0" && d !== "\0", advice: piped("iconv -f UTF-16BE -t UTF-8") },
];

const MOST_HEAD = 4096;

/**
 * The bytes of text in a file, which its first bytes say how to read, and whether they are JSON; with jsonAsText JSON
 * is no kind of its own. Throws DataError that names any other kind of file.
 */
export async function textOf(source: Bytes, file: string, jsonAsText: boolean) {
  let bytes = source;
  for (const inside: Content[] = []; ; ) {
    const { head, all } = await withHead(bytes);
    const content = contents.find(
      ({ begins, ending, isJson }) => begins(head) && (ending?.test(file) ?? true) && !(isJson && jsonAsText),
    );
    if (content === undefined) return { bytes: all, isJson: false };
    const { name, decoded, advice, isJson = false } = content;
    const what = `${file} is ${[...inside, content].map((one) => one.name).join(" of ")}`;
    if (inside.includes(content)) throw new DataError(`${what}: decompress it first`);
    // The name of the file is that of the outer content: advice about inner content cannot use it.
    if (advice !== undefined) throw new DataError(`${what}: ${withNames(advice, inside.length === 0 ? file : "")}`);
    if (isJson) return { bytes: decoded?.(all, file) ?? all, isJson };
    inside.push(content);
    bytes = checked(decoded!(all, file), `${file}: its ${name} data is damaged or ends too early`);
  }
}

/** The first bytes, enough of them to tell what they are, and all bytes. */
async function withHead(source: Bytes): Promise<{ head: string; all: Bytes }> {
  const rest = source[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let head = "";
  while (head.length < MOST_HEAD && (/^[^\r\n]{0,7}$/.test(head) || /^(\xef\xbb\xbf)?\s*(\[\s*)?$/.test(head))) {
    const next = await rest.next();
    if (next.done) break;
    chunks.push(next.value);
    head += next.value.toString("latin1", 0, MOST_HEAD);
  }
  async function* all() {
    yield* chunks;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { head, all: all() };
}

/** The same bytes; an error while they are read becomes a DataError with this text. */
async function* checked(bytes: Bytes, fault: string): Bytes {
  try {
    yield* bytes;
  } catch (error) {
    throw error instanceof DataError ? error : new DataError(fault);
  }
}

async function* gunzipped(source: Bytes): Bytes {
  const { createGunzip } = await import("node:zlib");
  yield* pipeline(source, createGunzip({ chunkSize: CHUNK }), () => {});
}

/** Compressed bytes that are decoded at a time: a few of them can give 128 KB. */
const ZSTD_BYTES = 1024;

async function* unzstd(source: Bytes): Bytes {
  const { Decompress } = await import("fzstd");
  const pieces: Buffer[] = [];
  const stream = new Decompress(({ buffer, byteOffset, length }) =>
    pieces.push(Buffer.from(buffer, byteOffset, length)),
  );
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += ZSTD_BYTES) {
      stream.push(chunk.subarray(at, at + ZSTD_BYTES));
      yield* pieces.splice(0);
    }
  }
  stream.push(new Uint8Array(0), true);
  yield* pieces;
}

function utf16(label: "utf-16le" | "utf-16be") {
  return async function* (source: Bytes): Bytes {
    const decoder = new TextDecoder(label, { fatal: true });
    for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
  };
}

const [TAB, LF, CR, SPACE, QUOTE, COMMA, BACKSLASH] = Buffer.from('\t\n\r ",\\');
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = Buffer.from("[]{}");

/**
 * The elements of a JSON array, each as one line. Works in the bytes that come. Throws
 * DataError where one is missing or something follows.
 */
async function* arrayLines(source: Bytes, file: string): Bytes {
  let element = 1;
  let depth = 0;
  let [isEmpty, isClosed, inString, isEscaped] = [true, false, false, false];
  for await (const bytes of source) {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (inString) {
        inString = isEscaped || byte !== QUOTE;
        isEscaped = !isEscaped && byte === BACKSLASH;
        continue;
      }
      if (byte === LF || byte === CR) bytes[i] = SPACE!;
      if (bytes[i] === SPACE || byte === TAB) continue;
      if (isClosed) throw new DataError(`${file}: something follows the end of the JSON array`);
      if (depth === 0) {
        // A byte order mark may stand before the array.
        if (byte !== OPEN_ARRAY) continue;
        bytes[i] = SPACE!;
        depth = 1;
      } else if (depth === 1 && (byte === COMMA || byte === CLOSE_ARRAY)) {
        isClosed = byte === CLOSE_ARRAY;
        if (isEmpty && !(isClosed && element === 1))
          throw new DataError(`${file}: element ${element} of the JSON array is missing`);
        bytes[i] = LF!;
        isEmpty = true;
        element++;
      } else {
        isEmpty = false;
        if (byte === QUOTE) inString = true;
        else if (byte === OPEN || byte === OPEN_ARRAY) depth++;
        else if ((byte === CLOSE || byte === CLOSE_ARRAY) && depth > 1) depth--;
      }
    }
    yield bytes;
  }
  if (!isClosed) throw new DataError(`${file} ends within element ${element} of its JSON array: it is incomplete`);
}
