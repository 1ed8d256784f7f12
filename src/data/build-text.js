// Compiles text.as.ts and prints text-kernel.ts: npm run build:kernel. A test holds the two together.
import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const source = readFileSync(new URL("text.as.ts", import.meta.url), "utf8");
const { binary, error, stderr } = await asc.compileString(
  { "text.ts": source },
  { optimizeLevel: 3, runtime: "stub", noAssert: true, enable: ["simd"], initialMemory: 32 },
);
if (error) throw new Error(stderr.toString());
console.log("/** text.as.ts, compiled by `npm run build:kernel`, as base64. */");
console.log(`export const kernel =\n  "${Buffer.from(binary).toString("base64")}";`);
