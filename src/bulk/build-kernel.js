// Assembles src/bulk/product.wat and writes its bytes into src/bulk/kernel.ts; a test holds the two together.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const bulk = new URL("./", import.meta.url);
const source = readFileSync(new URL("product.wat", bulk), "utf8");
const { buffer } = (await wabt()).parseWat("product.wat", source, { simd: true }).toBinary({});
const bytes = Buffer.from(buffer).toString("base64");
writeFileSync(
  new URL("kernel.ts", bulk),
  `/** product.wat, assembled by \`npm run build:kernel\`, as base64. */\nexport const kernel =\n  "${bytes}";\n`,
);
