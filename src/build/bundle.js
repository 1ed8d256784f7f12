// Bundles the program, and what its threads run, into dist/program: as CommonJS in few files it starts twice as fast as its modules do.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const bundle = await rolldown({
  input: [at("../cli/main.ts"), at("../cli/row-worker.ts"), at("../bulk/feature-worker.ts")],
  platform: "node",
  // Packages stay where they are installed.
  external: /^[a-z]/,
});
rmSync(at("../../dist/program"), { recursive: true, force: true });
await bundle.write({
  dir: at("../../dist/program"),
  format: "cjs",
  entryFileNames: "[name].cjs",
  chunkFileNames: "[name].cjs",
});
