// Runs the built program on damaged files and on random command lines, so many of each, and
// lists what is wrong: a crash, no end within a deadline, a message of several lines or in the
// words of the machinery. node test/fuzz/fuzz.js [count] [--seed n]
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { below } from "../random.js";
import { damagedFile, writeVectors } from "./files.js";
import { randomLine } from "./lines.js";

const DEADLINE = 10_000;
const LONGEST_LINE = 1000;
/** What the child says last of a run. */
const END = /^([\s\S]*)\0status (\d+)\0$/;
/** Words that a message for people never has. */
const MACHINERY =
  /bug in asoftmax|undefined|null\b.*propert|TypeError|RangeError|SyntaxError|ERR_|is not a function|not iterable|Cannot |\[object|Unexpected|Invalid (typed|array|string)|out of (memory|bounds)|offset|BigInt|DataView|\bat .*:\d+:\d+|\.c?js\b/;

const { values, positionals } = parseArgs({ options: { seed: { type: "string" } }, allowPositionals: true });
const count = Number(positionals[0] ?? 2000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
writeVectors(folder);
writeFileSync(join(folder, "rows.csv"), "theta_y,theta_j,x\n0.3,1.2;1.5,1\n1,2,0.5\n");

/** One process that runs command lines, one after another, and is started again where one kills it or does not end. */
class Runner {
  #child;

  /** What is wrong with a run of the program, if anything. */
  run(args) {
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve) => {
      let said = "";
      const timer = setTimeout(() => end("does not end"), DEADLINE);
      const hear = (chunk) => {
        said += chunk;
        const [, message, status] = END.exec(said) ?? [];
        if (status !== undefined) end(faultOf(message, Number(status)));
      };
      const died = () => end(`crashes: ${said.slice(0, 500)}`);
      const end = (fault) => {
        clearTimeout(timer);
        child.stderr.off("data", hear);
        child.off("close", died);
        if (fault?.startsWith("does not") || child.exitCode !== null) this.close();
        resolve(fault);
      };
      child.stderr.on("data", hear);
      child.on("close", died);
      child.send(args);
    });
  }

  #start() {
    const script = fileURLToPath(new URL("child.js", import.meta.url));
    const child = fork(script, { cwd: folder, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    child.stderr.setEncoding("utf8");
    return child;
  }

  close() {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

function faultOf(message, status) {
  const lines = message.split("\n").slice(0, -1);
  if (![0, 1, 2].includes(status)) return `status ${status}: ${message}`;
  if (status === 2 && lines.length === 0) return "status 2 without a word";
  const odd = lines.find(
    (line) => !line.startsWith("asoftmax: ") || MACHINERY.test(line) || line.length > LONGEST_LINE,
  );
  return odd === undefined && (status !== 2 || lines.length > 0) ? undefined : `says: ${odd?.slice(0, 500)}`;
}

const jobs = (function* () {
  for (let i = 0; i < count; i++) {
    const own = seed + i;
    yield { own, ...damagedFile(below(own), folder, `f${i}`) };
    yield { own, args: randomLine(below(own)), what: "command line" };
  }
})();

let wrong = 0;
async function work() {
  const runner = new Runner();
  for (const { own, path, args, what } of jobs) {
    const fault = await runner.run(args);
    if (path !== undefined) rmSync(path);
    if (fault === undefined) continue;
    wrong++;
    console.log(`--seed ${own} (${what}): asoftmax ${args.map((arg) => JSON.stringify(arg)).join(" ")}\n  ${fault}`);
  }
  runner.close();
}

console.log(`${count} damaged files and ${count} command lines from --seed ${seed}`);
await Promise.all(Array.from({ length: availableParallelism() }, work));
console.log(`${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
