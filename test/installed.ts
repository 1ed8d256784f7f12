import { spawnSync } from "node:child_process";

/** Where a program of the machine is found by PATH; undefined where it is not. */
export const pathOf = (program: string): string | undefined =>
  spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim() || undefined;
