import { readFileSync } from "node:fs";

/** The bytes of a file of the package, by its path from the root. */
export const packageFile = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));

/** The version in package.json. */
export const version: string = JSON.parse(packageFile("package.json").toString()).version;
