import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const bin = fileURLToPath(new URL("../../bin/asoftmax.js", import.meta.url));

export interface Setting {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How the bytes of stdout become text; latin1 keeps each. */
  readonly encoding?: "utf8" | "latin1";
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A clean environment: nothing of whoever runs the tests decides on colour, width or glyphs. */
export const environment = (env: Setting["env"] = {}) => ({ PATH: process.env.PATH, LANG: "C.UTF-8", ...env });

/** Runs the built program as users do. */
export const asoftmax = (args: readonly string[], setting?: Setting): Promise<Ran> =>
  run(process.execPath, [bin, ...args], setting);

/** Runs a line of shell in which asoftmax is the built program. */
export const sh = (line: string, setting?: Setting): Promise<Ran> =>
  run("sh", ["-c", `asoftmax() { "${process.execPath}" "${bin}" "$@"; }\n${line}`], setting);

/** Runs a program to its end. */
export function run(file: string, args: readonly string[], { stdin = "", env, cwd, encoding = "utf8" }: Setting = {}) {
  return new Promise<Ran>((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: environment(env) });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.stderr.on("data", (chunk) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (status) =>
      resolve({ status, stdout: Buffer.concat(out).toString(encoding), stderr: Buffer.concat(err).toString() }),
    );
    // The program may end without reading all of it.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
  });
}

/** What an error says, without the help page, or the option, that it names at its end. */
export const withoutHelp = (stderr: string): string =>
  stderr.replace(/ \((see asoftmax [a-z ]*--help|--bad-rows skip leaves such rows out)\)(\n?)$/, "$2");

/** The words of a simple command line: spaces between, '' an empty word. */
export const words = (line: string): string[] => line.split(" ").map((word) => word.replaceAll("'", ""));
