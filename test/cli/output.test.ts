import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pathOf } from "../installed.ts";
import { npy } from "../npy.ts";
import { asoftmax, bin, environment, sh, withoutHelp, words } from "./run.ts";
import { Terminal } from "./tmux.ts";

const root = mkdtempSync(join(tmpdir(), "asoftmax-output-"));
afterAll(() => rmSync(root, { recursive: true }));
const folder = () => mkdtempSync(join(root, "d-"));

const ok = (stdout: string) => ({ status: 0, stdout, stderr: "" });

// The doubles nearest to the exact values at the double 1.2: psi -2.0874989834394463924, slopes -3.9846584353433627498
// and 4.2752052948597875664, cosines 0.0874989834394463924 and 0.3623577544766736190.
const CELLS = [
  4, 1.2, 1, -2.0874989834394464, -3.9846584353433627, 4.275205294859788, 0.0874989834394464, 0.3623577544766736,
];
const NAMES = ["m", "theta", "k", "psi", "dpsi_dtheta", "dpsi_dcos", "cos_m_theta", "cos_theta"];
const OBJECT = `{${CELLS.map((cell, i) => `"${NAMES[i]}":${cell}`).join(",")}}`;

/** What a table says of psi at 1.2. */
const said = (psi: string, cosine: string) =>
  `1.2 is in segment k = 1, [pi/4, pi/2): psi = -cos(4.8) - 2 = ${psi}, where\ncos(4.8) alone is ${cosine}.\n`;

describe("formats", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["psi --theta 1.2",                              `${NAMES.join()}\n${CELLS.join()}\n`],
    ["psi --theta 1.2 --format csv",                 `${NAMES.join()}\n${CELLS.join()}\n`],
    ["psi --theta 1.2 --format tsv",                 `${NAMES.join("\t")}\n${CELLS.join("\t")}\n`],
    ["psi --theta 1.2 --format json",                `[\n${OBJECT}\n]\n`],
    ["psi --theta 1.2,1.2 --format json",            `[\n${OBJECT},\n${OBJECT}\n]\n`],
    ["psi --theta 1.2,1.2 --format jsonl",           `${OBJECT}\n${OBJECT}\n`],
    ["psi --theta 1.2 --columns k,psi --format table", `k      psi\n──────────\n1  -2.0875\n\n${said("-2.0875", "0.087499")}`],
    ["psi --theta 1.2 --columns psi,k",              "psi,k\n-2.0874989834394464,1\n"],
    ["psi --theta 1.2 --columns psi --precision 3",  "psi\n-2.09\n"],
    ["psi --theta 1.2 --columns psi --precision 3 --format table", `  psi\n─────\n-2.09\n\n${said("-2.09", "0.0875")}`],
    ["psi --theta 1.2 --columns psi --precision 3 --format jsonl", '{"psi":-2.09}\n'],
    ["psi --theta 1.2 --columns psi --precision 17", "psi\n-2.0874989834394464\n"],
    ["psi --m 12345 --theta 3 --columns m,k --precision 2", "m,k\n12345,11788\n"],
    ["margin --theta 0.1 --competing 2,2,2,2,2,2,2,2,2,2,2,1 --columns binding --precision 1", "binding\n12\n"],
    ["psi --theta 1e-300 --columns theta",           "theta\n1e-300\n"],
    ["psi --theta 1e-300 --columns theta --precision 2", "theta\n1e-300\n"],
    ["violations --m 1 --competing 1 --format json", "[]\n"],
    ["violations --m 1 --competing 1 --format jsonl", ""],
    ["violations --m 1 --competing 1",               "m,theta_j,index,lo,hi,hi_closed,length\n"],
  ])("asoftmax %s", async (line, stdout) => {
    expect(await asoftmax(words(line))).toEqual(ok(stdout));
  });

  test("json of every command parses, and holds the rows of the csv", async () => {
    for (const line of [
      "monotonicity",
      "violations --competing 1.5",
      "plot --points 3",
      "margin --theta 1 --competing 2",
    ]) {
      const [csv, json, lines] = await Promise.all(
        ["csv", "json", "jsonl"].map((format) => asoftmax([...words(line), "--format", format])),
      );
      const rows: Record<string, unknown>[] = JSON.parse(json!.stdout);
      expect(lines!.stdout).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      const text = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row).map(String))];
      expect(csv!.stdout).toBe(text.map((cells) => `${cells.join()}\n`).join(""));
    }
  });
});

describe("angles", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["radians are printed as doubles",     "psi --theta pi/4,60deg,3*pi/4,1.2",            "0.7853981633974483,1.0471975511965979,2.356194490192345,1.2"],
    ["pi in every spelling",               "psi --theta pi,π,PI,1pi,2*pi/2,180deg",        Array(6).fill("3.141592653589793").join()],
    ["given degrees are printed as given", "psi --degrees --theta 60,0.1,30.3,1e-9,pi/3,45deg", "60,0.1,30.3,1e-9,60,45"],
    ["the knots are whole degrees",        "psi --degrees --m 3",                          "0,30,60,90,120,150,180"],
    ["a grid ends where it says",          "psi --points 3 --from 1 --to pi/2",            "1,1.2853981633974483,1.5707963267948966"],
  ])("%s", async (_, line, thetas) => {
    const { stdout } = await asoftmax([...words(line), "--columns", "theta"]);
    expect(stdout).toBe(["theta", ...thetas.split(","), ""].join("\n"));
  });

  test("slopes stay per radian under --degrees", async () => {
    const both = ["psi --theta 60deg", "psi --degrees --theta 60"].map((line) =>
      asoftmax([...words(line), "--columns", "psi,dpsi_dtheta"]),
    );
    const [radians, degrees] = await Promise.all(both);
    expect(degrees).toEqual(radians);
  });

  test("gaps and intervals are in degrees too", async () => {
    const margin = await asoftmax(
      words("margin --degrees --theta 20 --competing 90 --columns theta_y,min_theta_j,margin_gap --precision 6"),
    );
    expect(margin.stdout).toBe("theta_y,min_theta_j,margin_gap\n20,90,10\n");
    const violations = await asoftmax(
      words("violations --degrees --competing 60 --columns theta_j,lo,hi,length --precision 6"),
    );
    expect(violations.stdout).toBe("theta_j,lo,hi,length\n60,75,105,30\n60,165,180,15\n");
  });
});

describe("numbers that are none", () => {
  const margin = "margin --theta 0 --competing 1 --columns theta_y,effective_margin";
  // biome-ignore format: a table
  test.concurrent.each([
    ["Infinity in csv",  margin,                                                    "theta_y,effective_margin\n0,Infinity\n"],
    ["null in json",     `${margin} --format jsonl`,                                '{"theta_y":0,"effective_margin":null}\n'],
    ["0 against 0",      "margin --theta 0 --competing 0 --columns effective_margin", "effective_margin\n1\n"],
    ["-0 given",         "psi --theta=-0 --columns theta",                          "theta\n0\n"],
    ["-0 computed",      "psi --theta 0 --columns dpsi_dtheta",                     "dpsi_dtheta\n0\n"],
    ["-0 in json",       "psi --theta 0 --columns dpsi_dtheta --format jsonl",      '{"dpsi_dtheta":0}\n'],
    ["-0 rounded",       "psi --theta 0 --columns dpsi_dtheta --precision 2",       "dpsi_dtheta\n0\n"],
  ])("%s", async (_, line, stdout) => {
    expect(await asoftmax(words(line))).toEqual(ok(stdout));
  });
});

describe("colour", () => {
  const plot = "plot --width 60 --format table";
  // biome-ignore format: a table
  test.concurrent.each<[string, string, Record<string, string>, boolean]>([
    ["a pipe has none",                       plot,                          {},                                     false],
    ["not for a fine terminal either",        plot,                          { TERM: "xterm-256color", COLORTERM: "truecolor" }, false],
    ["--color",                               `${plot} --color`,             {},                                     true],
    ["--color before NO_COLOR",               `${plot} --color`,             { NO_COLOR: "1" },                      true],
    ["--color with TERM=dumb",                `${plot} --color`,             { TERM: "dumb" },                       true],
    ["FORCE_COLOR",                           plot,                          { FORCE_COLOR: "1" },                   true],
    ["NO_COLOR before FORCE_COLOR",           plot,                          { NO_COLOR: "1", FORCE_COLOR: "1" },    false],
    ["an empty NO_COLOR says nothing",        plot,                          { NO_COLOR: "", FORCE_COLOR: "1" },     true],
    ["FORCE_COLOR=0",                         plot,                          { FORCE_COLOR: "0" },                   false],
    ["--no-color before FORCE_COLOR",         `${plot} --no-color`,          { FORCE_COLOR: "3" },                   false],
    ["csv has none, whatever is asked",       "psi --color",                 { FORCE_COLOR: "3" },                   false],
  ])("%s", async (_, line, env, colored) => {
    const { stdout, status } = await asoftmax(words(line), { env });
    expect(status).toBe(0);
    expect(stdout.includes("\x1b[")).toBe(colored);
  });

  test("takes no place: without it the text has the same shape", async () => {
    const [plain, colored] = await Promise.all([asoftmax(words(plot)), asoftmax(words(`${plot} --color`))]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours
    const bare = colored!.stdout.replace(/\x1b\[\d+m/g, "").split("\n");
    expect(bare.length).toBe(plain!.stdout.split("\n").length);
    expect(Math.max(...bare.map((line) => line.length))).toBe(60);
  });

  test("a file is not coloured even when FORCE_COLOR would be nothing but a terminal", async () => {
    const cwd = folder();
    await asoftmax([...words(plot), "--output", "plot.txt"], { cwd });
    expect(readFileSync(join(cwd, "plot.txt"), "utf8")).not.toContain("\x1b[");
  });
});

describe("--output", () => {
  const CSV = "k\n1\n";
  const line = words("psi --theta 1.2 --columns k");

  test.each(["json", "jsonl", "tsv"])("the ending .%s is a format", async (format) => {
    const cwd = folder();
    await asoftmax([...line, "--output", `x.${format}`], { cwd });
    const { stdout } = await asoftmax([...line, "--format", format]);
    expect(readFileSync(join(cwd, `x.${format}`), "utf8")).toBe(stdout);
  });

  test("writes the file and nothing else", async () => {
    const cwd = folder();
    expect(await asoftmax([...line, "--output", "new.csv"], { cwd })).toEqual(ok(""));
    expect(readFileSync(join(cwd, "new.csv"), "utf8")).toBe(CSV);
    expect(readdirSync(cwd)).toEqual(["new.csv"]);
  });

  test("- is standard output", async () => {
    expect(await asoftmax([...line, "--output", "-"])).toEqual(ok(CSV));
  });

  test("a device is written, not replaced", async () => {
    expect(await asoftmax([...line, "--output", "/dev/null"])).toEqual(ok(""));
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test.runIf(process.platform === "linux")("a pipe that has a name is written through it", async () => {
    expect(await sh(`asoftmax ${line.join(" ")} --output /dev/stdout | cat`)).toEqual(ok(CSV));
    const cwd = folder();
    const through = `mkfifo p; cat p & asoftmax ${line.join(" ")} --output p; wait`;
    expect(await sh(through, { cwd })).toEqual(ok(CSV));
    // Without a reader the program waits, and a signal ends it.
    const alone = `mkfifo q; "${process.execPath}" "${bin}" ${line.join(" ")} --output q & sleep 0.5; kill -TERM $!; wait $!; echo $?`;
    expect((await sh(alone, { cwd })).stdout).toBe("143\n");
  });

  test("a link keeps pointing where it did, and the mode of the file stays", async () => {
    const cwd = folder();
    const real = join(cwd, "real.csv");
    writeFileSync(real, "old\n");
    chmodSync(real, 0o640);
    symlinkSync("real.csv", join(cwd, "link.csv"));
    expect(await asoftmax([...line, "--output", "link.csv"], { cwd })).toEqual(ok(""));
    expect(lstatSync(join(cwd, "link.csv")).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, "utf8")).toBe(CSV);
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  test("the input itself can be the output", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "f.csv"), "theta\n1.2\n");
    await asoftmax(words("psi --input f.csv --output f.csv --columns k"), { cwd });
    expect(readFileSync(join(cwd, "f.csv"), "utf8")).toBe("theta,k\n1.2,1\n");
  });

  test("a run that fails half way leaves the old file and no other", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "out.csv"), "old\n");
    const stdin = `theta\n${"1\n".repeat(100_000)}abc\n`;
    const { status, stderr } = await asoftmax(words("psi --input - --output out.csv"), { cwd, stdin });
    expect(status).toBe(2);
    expect(stderr).toBe(
      'asoftmax: standard input line 100002: column theta: "abc" is not a decimal number (--bad-rows skip leaves such rows out)\n',
    );
    expect(readFileSync(join(cwd, "out.csv"), "utf8")).toBe("old\n");
    expect(readdirSync(cwd)).toEqual(["out.csv"]);
  });

  // The rows of the first come from a pipe that stays open, those of the second are computed without a pause.
  test.concurrent.each([
    ["SIGINT", "psi --input -", 130],
    ["SIGTERM", "psi --input -", 143],
    ["SIGINT", "psi --points 1000000", 130],
    ["SIGTERM", "psi --points 1000000", 143],
  ] as const)("%s in the middle of asoftmax %s: status %i", async (signal, line, status) => {
    const cwd = folder();
    writeFileSync(join(cwd, "out.csv"), "old\n");
    const child = spawn(process.execPath, [bin, ...words(line), "--output", "out.csv"], { cwd, env: environment() });
    const ended = new Promise((resolve) => child.on("close", (code) => resolve(code)));
    child.stdin.write("theta\n1\n");
    const temporary = () => readdirSync(cwd).find((name) => name.endsWith(".tmp"));
    const started = () => temporary() !== undefined && statSync(join(cwd, temporary()!)).size > 0;
    while (!started()) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    expect(await ended).toBe(status);
    expect(readFileSync(join(cwd, "out.csv"), "utf8")).toBe("old\n");
    expect(readdirSync(cwd)).toEqual(["out.csv"]);
  });
});

describe("a reader that closes the pipe ends the program quietly", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["psi --points 1000000",                   "m,theta,k,psi,dpsi_dtheta,dpsi_dcos,cos_m_theta,cos_theta\n"],
    ["psi --points 1000000 --format jsonl --columns m", '{"m":4}\n'],
    ["psi --help",                             "Examples:\n"],
  ])("asoftmax %s | head -1", async (line, first) => {
    // The rest of the rows would take many seconds and hundreds of megabytes: /dev/full shows that none were written.
    expect(await sh(`{ asoftmax ${line}; echo $? >&2; } | head -n 1`)).toEqual({ status: 0, stdout: first, stderr: "0\n" });
  });

  test("asoftmax psi --input - | head -1, with a pipe that never ends", async () => {
    const ran = await sh("{ echo theta; yes 1.2; } | asoftmax psi --input - --columns k | head -n 2");
    expect(ran).toEqual(ok("theta,k\n1.2,1\n"));
  });

  test("rows of a shell pipe", async () => {
    const ran = await sh("(echo theta; seq 0 0.01 3.14) | asoftmax psi --m 4 --input - | cut -d, -f1,4 | head -3");
    expect(ran).toEqual(ok("theta,psi\n0.00,1\n0.01,0.9992001066609779\n"));
  });
});

describe("exit status", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["margin --theta 1.2 --competing 1.5",             0],
    ["margin --theta 1.2 --competing 1.5 --check",     1],
    ["margin --theta 0.3 --competing 1.5 --check",     0],
    ["margin --theta 0.3,1.2 --competing 1.5 --check", 1],
    ["margin --m 4,1 --theta 0.5 --competing 1.5 --check", 1],
    ["margin --theta 0.3 --competing 1.5,1 --check --each", 1],
    ["margin --theta 1.2 --competing 1.5 --check --output /dev/null", 1],
    ["--version",                                      0],
    ["help",                                           0],
  ])("asoftmax %s: %i", async (line, status) => {
    const ran = await asoftmax(words(line));
    expect([ran.status, ran.stderr]).toEqual([status, ""]);
  });
});

describe("margin --check where there is nothing to check", () => {
  const NONE = "asoftmax: --check does not hold: there are no samples\n";
  const good = "0.3,1.5\n";
  // biome-ignore format: a table
  test.concurrent.each([
    ["--check",                       "",                1, NONE],
    ["--check --each --prefix p_ --m 2,4",        "",                1, NONE],
    ["",                              "",                0, ""],
    ["--check --bad-rows skip",       "x,1\n",           1, `asoftmax: standard input: 1 bad row left out: line 2\n${NONE}`],
    ["--bad-rows skip",               "x,1\n",           0, "asoftmax: standard input: 1 bad row left out: line 2\n"],
    ["--check --bad-rows skip",       `${good}x,1\n`,    0, "asoftmax: standard input: 1 bad row left out: line 3\n"],
    ["--check --bad-rows keep",       `${good}x,1\n`,    1, "asoftmax: standard input: 1 bad row kept without values: line 3\n"],
    ["--bad-rows keep",               `${good}x,1\n`,    0, "asoftmax: standard input: 1 bad row kept without values: line 3\n"],
    ["--check",                       good,              0, ""],
  ] as const)("asoftmax margin %s, given %j", async (line, rows, status, stderr) => {
    const stdin = `theta_y,theta_j\n${rows}`;
    const ran = await asoftmax(words(`margin --input - ${line}`.trim()), { stdin });
    expect([ran.status, ran.stderr]).toEqual([status, stderr]);
  });

  test("a bad row that a thread keeps does not hold either", async () => {
    const stdin = `theta_y,theta_j\n${good.repeat(1_000_000)}x,1\n`;
    const ran = await asoftmax(words("margin --input - --check --bad-rows keep --threads 2 --output /dev/null"), {
      stdin,
    });
    expect([ran.status, ran.stderr]).toEqual([
      1,
      "asoftmax: standard input: 1 bad row kept without values: line 1000002\n",
    ]);
  }, 60_000);
});

describe("the status is that of what happened, whatever becomes of standard error", () => {
  // Each has a message for standard error.
  // biome-ignore format: a table
  const lines: [line: string, stdin: string, status: number][] = [
    ["psi --m 0",                                                   "",                           2],
    ["psi --input none.csv",                                        "",                           2],
    ["psi --input -",                                               "theta\n1\nx\n",              2],
    ["psi --theta 1 --precision 3 --precision 4",                   "",                           0],
    ["psi --input - --bad-rows skip",                               "theta\n1\nx\n",              0],
    ["margin --input - --check --bad-rows keep",                    "theta_y,theta_j\n0.3,1.5\nx,1\n", 1],
    ["margin --input - --check",                                    "theta_y,theta_j\n",          1],
    ["measure --input - --check angular@4'>='2e-1 --output /dev/null", "label,theta_0,theta_1\n",  1],
  ];
  const GONE = "until [ -e gone ]; do sleep 0.01; done";
  // biome-ignore format: a table
  const ways: [way: string, shell: (line: string) => string][] = [
    ["is full",       (line) => `${line} 2>/dev/full >/dev/null; echo $? > status`],
    ["is closed",     (line) => `${line} 2>&- >/dev/null; echo $? > status`],
    ["is read only",  (line) => `${line} 2</dev/null >/dev/null; echo $? > status`],
    ["has no reader", (line) => `{ ${GONE}; ${line} <given; echo $? > status; } 2>&1 >/dev/null | { exec <&-; touch gone; }`],
  ];
  const cases = lines.flatMap(([line, stdin, status]) =>
    ways.map(([way, shell]) => ({ line, stdin, status, way, shell })),
  );
  test.concurrent.each(cases)("$line where it $way: $status", async ({ line, stdin, status, shell }) => {
    const cwd = folder();
    writeFileSync(join(cwd, "given"), stdin);
    await sh(shell(`asoftmax ${line}`), { cwd, stdin });
    expect(readFileSync(join(cwd, "status"), "utf8")).toBe(`${status}\n`);
  });
});

describe("help", () => {
  const documented = new Map([["asoftmax margin --m 4 --theta 0.3 --competing 1.5 --check", 0]]);
  const pages = new Map<string, string>();
  let commands: string[] = [];

  beforeAll(async () => {
    pages.set("", (await asoftmax(["--help"])).stdout);
    const listed = [...pages.get("")!.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name!);
    commands = listed.filter((name) => name !== "help");
    await Promise.all(
      commands.map(async (name) => {
        pages.set(name, (await asoftmax([name, "--help"])).stdout);
      }),
    );
  }, 30_000);

  test("names every command", () => {
    for (const name of ["psi", "margin", "plot", "monotonicity", "violations", "claims"])
      expect(commands).toContain(name);
  });

  test("without arguments, and with help, is the same page", async () => {
    const [bare, help, psi] = await Promise.all([asoftmax([]), asoftmax(["help"]), asoftmax(["help", "psi"])]);
    expect(bare).toEqual(ok(pages.get("")!));
    expect(help).toEqual(ok(pages.get("")!));
    expect(psi).toEqual(ok(pages.get("psi")!));
  });

  test("every page begins with examples, and each of them runs", async () => {
    const cwd = folder();
    const header = ["label", "theta", "theta_y", "theta_j", ...Array.from({ length: 3 }, (_, i) => `theta_${i}`)];
    writeFileSync(
      join(cwd, "angles.csv"),
      `${header}\n${"0,0.3,0.2,1.5,0.1,1.5,1.2\n2,1.2,1,1,1.5,1.4,0.3\n".repeat(20)}`,
    );
    // psi and its slope for m = 4, and 64 (cos theta - 0.4), right to the last digit.
    const table = [
      "theta,psi,grad,logit",
      "0.5,-0.4161468365471424,-3.637189707302727,30.56528396098386",
      "1,-1.3463563791363882,-3.027209981231713,8.979347575560947",
    ];
    writeFileSync(join(cwd, "table.csv"), `${table.join("\n")}\n`);
    writeFileSync(
      join(cwd, "losses.csv"),
      "label,theta_0,theta_1,theta_2,norm,loss\n0,0.2,1.5,1,8,0.256839032953237\n",
    );
    copyFileSync(new URL("../../examples/embeddings.npz", import.meta.url), join(cwd, "embeddings.npz"));
    writeFileSync(join(cwd, "f.npy"), npy("<f4", [3, 2], Float32Array.of(2, 0, 0, 3, 4, 1)));
    writeFileSync(join(cwd, "w.npy"), npy("<f4", [2, 2], Float32Array.of(1, 0, 0, 1)));
    writeFileSync(join(cwd, "l.npy"), npy("<i4", [3], Int32Array.of(0, 1, 0)));
    const lines = [...pages].flatMap(([name, page]) => {
      expect(page.startsWith("Examples:\n  asoftmax"), `the page of ${name}`).toBe(true);
      if (name === "explore") return []; // needs a terminal: its own test runs them in one
      const examples = page.split("\n\n")[0]!.replaceAll(/ \\\n +/g, " ");
      return [...examples.matchAll(/^ {2}(asoftmax .*?)(?= {2}#|$)/gm)].map(([, line]) => line!.trim());
    });
    expect(lines.length).toBeGreaterThan(2 * commands.length);
    const writes = (line: string) => line.startsWith("asoftmax example");
    const results = await inPool(4, lines, (line) => sh(line, { cwd: writes(line) ? folder() : cwd }));
    lines.forEach((line, i) => {
      expect([line, results[i]!.status, results[i]!.stderr]).toEqual([line, documented.get(line) ?? 0, ""]);
      if (!writes(line)) expect(results[i]!.stdout, line).not.toBe("");
    });
  }, 60_000);

  test("an unknown command that is near to none gets the list of them", async () => {
    const { status, stderr } = await asoftmax(["toString"]);
    const [before, list] = withoutHelp(stderr).trimEnd().split("choose from ");
    expect([status, before]).toEqual([2, 'asoftmax: there is no command "toString": ']);
    expect(list!.split(", ").sort()).toEqual(commands.toSorted());
    const help = await asoftmax(["help", "toString"]);
    expect([help.status, help.stderr]).toEqual([2, expect.stringContaining('there is no command "toString": choose')]);
  });
});

test.skipIf(pathOf("tmux") === undefined)(
  "control characters of a file are shown on a terminal, and kept in a pipe",
  async () => {
    const cells = "theta,id\n1,\x1b[31mred\x1b[2J\t\u009b1mé\n";
    const terminal = new Terminal("sh", 200, 30);
    try {
      writeFileSync(join(terminal.folder, "f.csv"), cells);
      await terminal.shows(/^[#$]$/m);
      for (const format of ["csv", "table"])
        terminal.type(`asoftmax psi --input f.csv --columns k --format ${format}; `);
      terminal.type("echo do''ne\n");
      const screen = await terminal.shows(/^done$/m);
      expect(screen).toMatch(/^1,\\x1b\[31mred\\x1b\[2J +\\u009b1mé,1$/m);
      expect(screen).toMatch(/^1 +\\x1b\[31mred\\x1b\[2J\\t\\u009b1mé +1$/m);
      const { stdout } = await asoftmax(words("psi --input - --columns k"), { stdin: cells });
      expect(stdout).toBe("theta,id,k\n1,\x1b[31mred\x1b[2J\t\u009b1mé,1\n");
    } finally {
      terminal.close();
    }
  },
);

/** The results of some actions, so many at a time, in order. */
async function inPool<A, B>(size: number, items: readonly A[], action: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await action(items[i]!);
  };
  await Promise.all(Array.from({ length: size }, work));
  return results;
}
