// Compiles the AssemblyScript of the file that is named and prints it as a module: npm run build:kernel. Tests hold the two together.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import asc from "assemblyscript/asc";

const [, , path] = process.argv;
const { binary, error, stderr } = await asc.compileString(
  { [basename(path).replace(".as", "")]: readFileSync(path, "utf8") },
  { optimizeLevel: 3, runtime: "stub", noAssert: true, enable: ["simd"], initialMemory: 32 },
);
if (error) throw new Error(stderr.toString());
console.log(`/** ${basename(path)}, compiled by \`npm run build:kernel\`, as base64. */`);
console.log(`export const kernel =\n  "${Buffer.from(binary).toString("base64")}";`);
