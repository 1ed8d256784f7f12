// Says in one line that the packages are missing that building needs.
import { existsSync } from "node:fs";

const needed = ["typescript", "rolldown"];
if (!needed.every((name) => existsSync(new URL(`../../node_modules/${name}`, import.meta.url)))) {
  console.error("asoftmax: building needs the development packages: run npm ci without --omit=dev");
  process.exitCode = 1;
}
