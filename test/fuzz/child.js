// Runs the built program on each command line that its parent sends. The status, between two zero
// bytes on standard error, follows what the program said there.
import { writeSync } from "node:fs";
import { createRequire } from "node:module";

const { main } = createRequire(import.meta.url)("../../dist/program/main.cjs");

process.on("message", async (args) => {
  process.exitCode = 0;
  await main(args);
  writeSync(2, `\0status ${process.exitCode}\0`);
});
