// What V8 makes of the program's text takes a tenth of a short run. It is kept in a file for the next run; Node's own
// enableCompileCache does so from 22.8 on, and takes longer.
const {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

/**
 * Loads a CommonJS file, which begins with a comment that is a hash of it, as require does, but compiled, where an
 * earlier run has kept that in the folder for temporary files. Returns what keeps it, for the end of the run. The file
 * must hold no import(), which a compiled script lacks. NODE_DISABLE_COMPILE_CACHE=1 does without.
 */
exports.loadCompiled = (file) => {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return () => {};
  const text = readFileSync(file, "utf8");
  const hash = text.slice(2, text.indexOf("*/"));
  const user = process.getuid?.();
  const kept = join(tmpdir(), ["asoftmax", user, process.version, process.arch, hash].join("-"));
  const cachedData = keptBytes(kept, user);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  const script = new Script(wrapped, { filename: file, cachedData });
  const module = { id: file, filename: file, loaded: true, exports: {}, children: [], paths: [] };
  require.cache[file] = module;
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return cachedData && !script.cachedDataRejected ? () => {} : () => keep(kept, script.createCachedData());
};

const SUM_BYTES = 4;
const MOST_BYTES = 2 ** 24;

/**
 * A sum over a number of four bytes from every 256: V8 checks its data little, and a
 * page that a crash has left empty would end the program.
 */
function sumOf(bytes) {
  let sum = bytes.length;
  for (let i = 0; i + 4 <= bytes.length; i += 256) sum = (Math.imul(sum, 31) + bytes.readInt32LE(i)) | 0;
  return sum;
}

/** What was kept in a file, where nobody but the user can have written it and it is whole; undefined else. */
function keptBytes(path, user) {
  let descriptor;
  try {
    // Neither what a link of somebody else leads to nor a pipe that never ends.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    const isOwn = user === undefined || (stats.uid === user && (stats.mode & 0o022) === 0);
    if (!stats.isFile() || !isOwn || stats.size > MOST_BYTES) return undefined;
    const bytes = readFileSync(descriptor);
    const data = bytes.subarray(SUM_BYTES);
    return bytes.readInt32LE(0) === sumOf(data) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Writes data and its sum to a file, whole or not at all: that it cannot be
 * written changes nothing of what the program did.
 */
function keep(path, data) {
  const sum = Buffer.alloc(SUM_BYTES);
  sum.writeInt32LE(sumOf(data));
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, Buffer.concat([sum, data]), { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {}
  }
}
