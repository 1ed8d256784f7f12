// Compiles the AssemblyScript of the files that are named into one module, with what each of them exports, and prints
// it: npm run build:kernel. Tests hold the two together.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import asc from "assemblyscript/asc";

const [, , ...paths] = process.argv;
const { binary, error, stderr } = await asc.compileString(
  Object.fromEntries(paths.map((path) => [basename(path).replace(".as", ""), readFileSync(path, "utf8")])),
  { optimizeLevel: 3, runtime: "stub", noAssert: true, enable: ["simd"], initialMemory: 32 },
);
if (error) throw new Error(stderr.toString());
console.log(
  `/** ${paths.map((path) => basename(path)).join(" and ")}, compiled by \`npm run build:kernel\`, as base64. */`,
);
console.log(`export const kernel =\n  "${Buffer.from(binary).toString("base64")}";`);
