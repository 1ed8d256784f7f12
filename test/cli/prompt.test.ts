import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { targetDefinitions } from "../../src/core/targets.ts";
import { pathOf } from "../installed.ts";
import { asoftmax, sh, words } from "./run.ts";
import { Terminal } from "./tmux.ts";

const cwd = mkdtempSync(join(tmpdir(), "asoftmax-prompt-"));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, "angles.csv"), "theta,theta_y,theta_j\n1.2,1.2,1.5\n");

describe("what is short is the same", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["psi -m 3,4 -t 1.2",                        "psi --m 3,4 --theta 1.2"],
    ["psi -m4 -t1.2",                            "psi --m 4 --theta 1.2"],
    ["margin -t 1.2 -c 1.5,2",                   "margin --theta 1.2 --competing 1.5,2"],
    ["compare -f arcface,naive -t 1",            "compare --functions arcface,naive --theta 1"],
    ["margin -i angles.csv",                     "margin --input angles.csv"],
    ["-v",                                       "--version"],
    ["psi --theta 60°,180°",                     "psi --theta 60deg,180deg"],
    ["plot --lambda 0,5 --points 3 --format csv", "plot --functions asoftmax,asoftmax:lambda=5 --points 3 --format csv"],
    ["compare --m 2,3 --lambda 0,5 --theta 1",   "compare --functions psi:m=2,psi:m=2:lambda=5,psi:m=3,psi:m=3:lambda=5 --theta 1"],
    ["audit -i angles.csv --value theta_y",      "audit --input angles.csv --value @theta_y"],
  ])("asoftmax %s", async (short, long) => {
    const [one, other] = await Promise.all([short, long].map((line) => asoftmax(words(line), { cwd })));
    expect(one!.stdout).not.toBe("");
    expect(one).toEqual(other);
  });

  test("spaces beside * and / of an angle", async () => {
    const spaced = await asoftmax(["psi", "--theta", "pi / 4, 2 * pi / 3"]);
    expect(spaced).toEqual(await asoftmax(words("psi --theta pi/4,2*pi/3")));
    expect(spaced.status).toBe(0);
  });

  test("-o writes the file", async () => {
    expect(await asoftmax(words("psi -t 1 -o one.csv --columns k"), { cwd })).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(readFileSync(join(cwd, "one.csv"), "utf8")).toBe("k\n1\n");
  });
});

describe("psi says what its row means", () => {
  const notes = async (line: string) => {
    const { stdout } = await asoftmax(words(`${line} --columns k --format table`));
    return stdout
      .slice(stdout.search(/\n\n|$/))
      .replaceAll(/\s+/g, " ")
      .trim();
  };
  // biome-ignore format: a table
  test.concurrent.each([
    ["psi --theta 0.3",            "0.3 is in segment k = 0, [0, pi/4): psi = cos(1.2) = 0.362358, the same as cos(4 theta)."],
    ["psi --theta pi/8",           "pi/8 is in segment k = 0, [0, pi/4): psi = cos(pi/2) = 0, the same as cos(4 theta)."],
    ["psi --theta 1.9",            "1.9 is in segment k = 2, [pi/2, 3pi/4): psi = cos(7.6) - 4 = -3.74874, where cos(7.6) alone is 0.25126."],
    ["psi --theta pi",             "pi is in segment k = 3, [3pi/4, pi]: psi = -cos(4pi) - 6 = -7, where cos(4pi) alone is 1."],
    ["psi --m 2.5 --theta 3",      "3 is in segment k = 2, [4pi/5, pi]: psi = cos(7.5) - 4 = -3.65336, where cos(7.5) alone is 0.346635."],
    ["psi --theta 60 --degrees",   "60 is in segment k = 1, [45, 90): psi = -cos(240) - 2 = -1.5, where cos(240) alone is -0.5."],
    ["psi",                        ""],
    ["psi --points 5",             ""],
  ])("asoftmax %s", async (line, sentence) => {
    expect(await notes(line)).toBe(sentence);
  });

  test("up to four pairs", async () => {
    expect((await notes("psi --m 2,3 --theta 1,2")).split(" is in segment").length).toBe(5);
    expect(await notes("psi --theta 0.1,0.2,0.3,0.4,0.5")).toBe("");
  });
});

const UNREAD = "asoftmax: standard input is not read: give --input -\n";

// biome-ignore format: a table
test.concurrent.each([
  ["cat angles.csv | asoftmax psi --columns k",            UNREAD],
  ["asoftmax psi --columns k < angles.csv",                UNREAD],
  ["asoftmax psi --columns k < /dev/null",                 ""],
  ["cat angles.csv | asoftmax psi --theta 1 --columns k",  ""],
  ["cat angles.csv | asoftmax psi --points 3 --columns k", ""],
  ["cat angles.csv | asoftmax psi --input - --columns k",  ""],
  ["cat angles.csv | asoftmax claims --columns id",        ""],
  ["cat angles.csv | asoftmax margin",                     `${UNREAD}asoftmax: the target angle is missing: give --theta, such as --theta 1.2 (see asoftmax margin --help)\n`],
])("%s", async (line, stderr) => {
  expect((await sh(line, { cwd })).stderr).toBe(stderr);
});

describe("example writes the files of the package", () => {
  test.each([
    ["angles", "label,theta_0,theta_1,"],
    ["audit", "theta,value,slope\n"],
    ["embeddings", "PK\x03\x04"],
  ])("%s", async (name, begins) => {
    const file = `${name}.${name === "embeddings" ? "npz" : "csv"}`;
    const { status, stdout } = await asoftmax(["example", name], { encoding: "latin1" });
    expect([status, stdout.slice(0, begins.length)]).toEqual([0, begins]);
    expect(stdout).toBe(readFileSync(new URL(`../../examples/${file}`, import.meta.url), "latin1"));
  });

  test("measure reads the arrays of embeddings", async () => {
    await asoftmax(words("example embeddings -o e.npz"), { cwd });
    const line = "measure --features e.npz:features --weights e.npz:weights --labels e.npz:labels";
    expect((await asoftmax(words(line), { cwd })).stdout).toContain("\nsamples,60\nclasses,5\ncorrect,60\n");
  });
});

describe("help", () => {
  test("of functions has every function with its defaults, and the other names", async () => {
    const { status, stdout } = await asoftmax(["help", "functions"]);
    expect(status).toBe(0);
    for (const { name, formula, aliases = [] } of targetDefinitions) {
      expect(stdout).toMatch(RegExp(`^  ${name}(:\\S+)?  +\\S`, "m"));
      for (const text of [formula, ...aliases]) expect(stdout).toContain(text);
    }
    expect(stdout).toContain("combined:m1=1:m2=0.3:m3=0.2");
  });

  test("offers pictures where there are some, columns where there are rows, lists where they are taken", async () => {
    const pages = new Map<string, string>();
    for (const name of Object.keys(commands)) pages.set(name, (await asoftmax([name, "--help"])).stdout);
    const having = (text: string) => [...pages].filter(([, page]) => page.includes(text)).map(([name]) => name);
    const drawn = ["plot", "monotonicity", "violations", "boundary", "anneal", "descend", "audit", "measure"];
    expect(having(".svg, .html")).toEqual(drawn);
    const texts = ["example", "sql", "explore", "completion"];
    expect(having("--columns <list>")).toEqual(Object.keys(commands).filter((name) => !texts.includes(name)));
    const one = ["anneal", "descend", "claims", "explore"].flatMap(
      (name) => pages.get(name)!.match(/-\w, --(m|competing) <\w+>/g)!,
    );
    expect(one.filter((flag) => flag.endsWith("<list>"))).toEqual(["-m, --m <list>"]);
  }, 60_000);
});

const withoutTmux = pathOf("tmux") === undefined;
describe.skipIf(withoutTmux)(`on a terminal${withoutTmux ? ": tmux is not installed" : ""}`, () => {
  /** What the line writes on a screen of that width, at its end. */
  async function shown(line: string, width: number): Promise<string> {
    const terminal = new Terminal("sh", width, 200);
    try {
      await terminal.shows(/^[#$]$/m);
      terminal.type(`clear; ${line}; echo ended`);
      terminal.press("Enter");
      return (await terminal.shows(/^ended$/m))
        .split("\n")
        .filter((one) => !/^[#$]|^ended/.test(one))
        .join("\n");
    } finally {
      terminal.close();
    }
  }

  const standing = ["margin", "violations", "loss", "compare", "inverse", "descend", "scale", "equivalent"];
  test.each(standing)(
    "%s without options runs its first example, and says so",
    async (name) => {
      const screen = await shown(`asoftmax ${name}`, 100);
      const [line] = (await commands[name]!.load()).default.examples[0]!;
      expect(screen).toMatch(RegExp(`^asoftmax: without options this is ${line}$`, "m"));
      const { stdout } = await asoftmax([...words(line).slice(1), "--format", "table"], { env: { COLUMNS: "100" } });
      expect(screen).toContain(stdout.trim().split(/\s+/).at(-1));
      expect((await asoftmax([name])).status).toBe(2);
    },
    30_000,
  );

  test.each([34, 60, 80])(
    "help and messages break at words, %i columns",
    async (width) => {
      const asked = ["inverse --help", "help functions", "help columns margin", "psi --theta 1.2 --competing 3"];
      for (const line of asked) {
        const screen = await shown(`asoftmax ${line}`, width);
        for (const one of screen.split("\n")) expect(one.length).toBeLessThanOrEqual(width);
        const inPipe = await sh(`asoftmax ${line} 2>&1`);
        const wordsOf = (text: string) =>
          text
            .replaceAll(" \\\n", " ")
            .split(/\s+/)
            .filter((word) => word !== "");
        const longest = Math.max(...wordsOf(inPipe.stdout).map((word) => word.length));
        if (longest + 6 <= width) expect(wordsOf(screen)).toEqual(wordsOf(inPipe.stdout));
      }
    },
    60_000,
  );

  test("reading from the terminal is said", async () => {
    const terminal = new Terminal("sh", 80, 24);
    try {
      await terminal.shows(/^[#$]$/m);
      terminal.type("asoftmax psi --input - --columns k");
      terminal.press("Enter");
      await terminal.shows("asoftmax: reading from the terminal, end with Ctrl-D");
      terminal.type("theta");
      terminal.press("Enter", "C-d");
    } finally {
      terminal.close();
    }
  });

  test("embeddings is no text", async () => {
    expect(await shown("asoftmax example embeddings", 120)).toContain("embeddings is no text: write it to a file");
  });
});
