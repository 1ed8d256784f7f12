import { packageFile } from "../data/file.ts";

/** The version in package.json. */
export const version: string = JSON.parse(packageFile("package.json").toString()).version;
