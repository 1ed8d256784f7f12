// Bundles the program, and what its threads run, into dist/program: as CommonJS in few files
// it starts much faster than its modules do. The library becomes dist/index.cjs, for require
// on every Node 20, with the types of each module as .d.cts.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { boundedParquet } from "./bounded-parquet.js";
import { explorePage } from "./explore-page.js";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

// What every command needs is bundled with it, and what is mended below; the other packages stay where they are
// installed, and are loaded when they are needed. Of d3 that is what the scales and the lines of pictures are made of.
const D3 = ["array", "color", "format", "interpolate", "path", "scale", "shape", "time", "time-format"];
const BUNDLED = {
  // What every start loads must hold no import() of a package: see bin/compiled.js.
  chalk: "license",
  commander: "LICENSE",
  ...Object.fromEntries(D3.map((name) => [`d3-${name}`, "LICENSE"])),
  "fastest-levenshtein": "LICENSE.md",
  fzstd: "LICENSE",
  hyparquet: "LICENSE",
  "hyparquet-compressors": "LICENSE",
  "hyparquet-writer": "LICENSE",
  hysnappy: "LICENSE",
  internmap: "LICENSE",
  zstddec: "LICENSE",
};

// Commander would load it for subcommands that are programs of their own: there are none.
const UNUSED = "node:child_process";

/** The modules that every start loads: what main.ts imports, and what these do. */
const started = new Set();
const findStarted = {
  name: "find-started",
  buildEnd() {
    const add = (id) => {
      if (started.has(id)) return;
      started.add(id);
      for (const other of this.getModuleInfo(id)?.importedIds ?? []) add(other);
    };
    add(at("src/cli/main.ts"));
  },
};

/** Zstddec would decode its own text with fetch, which takes Node longer to load than the rest of a run. */
const zstdWithoutFetch = {
  name: "zstd-without-fetch",
  transform(code, id) {
    if (!/zstddec\.m?js$/.test(id)) return undefined;
    const without = code.replace('typeof fetch !== "undefined"', "false");
    if (without === code) throw new Error("zstddec has changed: does it load Node's fetch?");
    return without;
  },
};

const program = await rolldown({
  input: [at("src/cli/main.ts"), at("src/cli/row-worker.ts"), at("src/measure/measure-worker.ts")],
  platform: "node",
  external: (name) => /^[a-z]/.test(name) && !(name.split("/")[0] in BUNDLED) && name !== UNUSED,
  plugins: [boundedParquet, zstdWithoutFetch, findStarted],
  resolve: { alias: { [UNUSED]: at("src/build/nothing.js") } },
});
// Written beside, and renamed file by file at the end: a linked program runs while it is built.
rmSync(at("dist/program.new"), { recursive: true, force: true });
await program.write({
  dir: at("dist/program.new"),
  format: "cjs",
  // Less to read at every start. Names stay for whoever reports a fault, and no expression is changed.
  minify: { compress: false, mangle: { keepNames: true } },
  entryFileNames: "[name].cjs",
  chunkFileNames: "[name].cjs",
  // What every start needs is one file, what most commands need beside it another.
  codeSplitting: {
    groups: [
      { name: "start", test: (id) => started.has(id), priority: 1 },
      { name: "shared", minShareCount: 13 },
    ],
  },
});
const licenses = Object.entries(BUNDLED).map(
  ([name, file]) => `${name}\n\n${readFileSync(at(`node_modules/${name}/${file}`), "utf8")}`,
);
writeFileSync(at("dist/program.new/LICENSES"), licenses.join("\n\n"));
writeFileSync(at("dist/program.new/explore.html"), await explorePage());
// By this hash bin/compiled.js knows the text.
const start = readFileSync(at("dist/program.new/start.cjs"));
const hash = createHash("sha256").update(start).digest("hex").slice(0, 32);
writeFileSync(at("dist/program.new/start.cjs"), `/*${hash}*/${start}`);
mkdirSync(at("dist/program"), { recursive: true });
const written = readdirSync(at("dist/program.new"));
for (const file of written) renameSync(at(`dist/program.new/${file}`), at(`dist/program/${file}`));
for (const file of readdirSync(at("dist/program"))) if (!written.includes(file)) rmSync(at(`dist/program/${file}`));
rmSync(at("dist/program.new"), { recursive: true });

const library = await rolldown({ input: at("src/index.ts") });
await library.write({ file: at("dist/index.cjs"), format: "cjs" });
for (const path of ["index", ...["core", "audit"].flatMap(modulesOf)]) {
  const types = readFileSync(at(`dist/${path}.d.ts`), "utf8");
  writeFileSync(at(`dist/${path}.d.cts`), types.replace(/(from "\.[^"]*)\.[jt]s"/g, '$1.cjs"'));
}

function modulesOf(folder) {
  return readdirSync(at(`src/${folder}`)).map((file) => `${folder}/${file.slice(0, -".ts".length)}`);
}
