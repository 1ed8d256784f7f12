// What V8 makes of the program's text takes a tenth of a short run. It is kept in a file for the next run; Node's own
// enableCompileCache does so from 22.8 on, and takes longer.
const { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

/**
 * Loads a CommonJS file as require does, but compiled, where an earlier run has kept that in the folder for temporary files. Returns
 * what keeps it, for the end of the run. The file must hold no import(), which a compiled script lacks. NODE_DISABLE_COMPILE_CACHE=1
 * does without.
 */
exports.loadCompiled = (file) => {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return () => {};
  const user = process.getuid?.();
  // Any change of the file, an installation too, changes its ctime.
  const { bytes, ino, ctimeMs, size } = opened(file);
  const name = ["asoftmax", user, process.version, process.arch, ino, ctimeMs, size].join("-");
  const kept = join(tmpdir(), name);
  const cachedData = ownBytes(kept, user);
  const text = `(function (exports, require, module, __filename, __dirname) {${bytes}\n})`;
  const script = new Script(text, { filename: file, cachedData });
  const module = { id: file, filename: file, loaded: true, exports: {}, children: [], paths: [] };
  require.cache[file] = module;
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return cachedData && !script.cachedDataRejected ? () => {} : () => write(kept, script.createCachedData());
};

/** The bytes of a file, and what the system knows of it. */
function opened(path) {
  const descriptor = openSync(path, "r");
  try {
    const { ino, ctimeMs, size, uid, mode } = fstatSync(descriptor);
    return { bytes: readFileSync(descriptor), ino, ctimeMs, size, uid, mode };
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes of a file that nobody but the user can have written; undefined where there is none. */
function ownBytes(path, user) {
  try {
    const { bytes, uid, mode } = opened(path);
    return user === undefined || (uid === user && (mode & 0o022) === 0) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file, whole or not at all: that it cannot be written changes nothing of what the program did. */
function write(path, bytes) {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, bytes, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
