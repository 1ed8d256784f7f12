import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import definition from "../../../src/cli/commands/explore.ts";
import { pathOf } from "../../installed.ts";
import { asoftmax, words } from "../run.ts";
import { Terminal } from "../tmux.ts";

describe("without a terminal it says so in one line", () => {
  test("status 2", async () => {
    expect(await asoftmax(["explore"])).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "asoftmax: explore needs a terminal for its keys and its screen: use plot, compare or margin here (see asoftmax explore --help)\n",
    });
  });
});

const withoutTmux = pathOf("tmux") === undefined;
describe.skipIf(withoutTmux)(`in a terminal${withoutTmux ? ": tmux is not installed" : ""}`, () => {
  let terminal: Terminal;
  /** A line typed into a shell of that size; sh leaves the terminal as it finds it, bash would mend it. */
  async function begin(line: string, width = 80, height = 24): Promise<void> {
    terminal = new Terminal("sh", width, height);
    await terminal.shows(PROMPT);
    terminal.type(line);
    terminal.press("Enter");
  }
  afterEach(() => terminal.close());

  const PROMPT = /(^|\n)[#$]$/;
  const READY = /theta .* segment /;

  /** The terminal takes lines again and shows what is typed, the cursor too, and status is that of the program. */
  async function isRestored(status: number): Promise<string> {
    await terminal.shows(PROMPT);
    terminal.type('echo "status $?:" $(stty -a | grep -ow -e "-*isig" -e "-*icanon" -e "-*echo")');
    terminal.press("Enter");
    const screen = await terminal.shows(/^status \d+: .*\n[#$]$/m);
    expect(/^status.*/m.exec(screen)![0]).toBe(`status ${status}: isig icanon echo`);
    expect(terminal.tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").trim()).toBe("1 0");
    return screen;
  }

  test.each([
    [60, 30],
    [80, 24],
    [140, 24],
  ])("%i columns: keys change the screen, q leaves the commands behind", async (width, height) => {
    await begin("asoftmax explore", width, height);
    await terminal.shows("theta 1.2   segment 1");
    terminal.press("S-Right");
    await terminal.shows("theta 5π/12   segment 1");
    terminal.press("PageUp");
    await terminal.shows("theta 11π/24   segment 1");
    terminal.press("Left");
    await terminal.shows("theta 1.43117   segment 1");
    terminal.press("m", "n", "J", "L", "3");
    await terminal.shows("theta 2π/3   segment 2   theta_j π/2   m 3");
    await terminal.shows("lambda 0.1");
    await terminal.shows(/3 softmax +-0.5/);
    terminal.press("?");
    await terminal.shows("quit, and print");
    terminal.press("?");
    await terminal.shows(/naive true +angular false +psi false/);
    terminal.press("q");
    const screen = (await isRestored(0)).replaceAll("\n", "");
    expect(screen).toContain("asoftmax plot --functions asoftmax:m=3:lambda=0.1,naive:m=3,softmax");
    expect(screen).toContain("asoftmax margin --m 3 --theta 2pi/3 --competing pi/2");
    expect(screen).not.toContain("segment");
  });

  test.each([
    ["C-c", 130],
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ])("%s gives the terminal back", async (how, status) => {
    await begin("asoftmax explore");
    await terminal.shows(READY);
    if (how === "C-c") terminal.press(how);
    else process.kill(Number(readFileSync(join(terminal.folder, "asoftmax.pid"), "utf8")), how);
    await isRestored(status);
  });

  test.each([
    [
      "while it draws",
      "let n = 0; Object.defineProperty(process.stdout, 'columns', { get() { if (n++ > 1) throw new Error('oh'); return 80; } })",
      2,
    ],
    ["at any other time", "setTimeout(() => { throw new Error('oh'); }, 3000)", 1],
  ])("an error %s gives the terminal back", async (_, fault, status) => {
    await begin("");
    writeFileSync(join(terminal.folder, "fault.mjs"), fault);
    terminal.type("NODE_OPTIONS=--import=./fault.mjs asoftmax explore");
    terminal.press("Enter");
    await terminal.shows(READY);
    terminal.press("n");
    await terminal.shows(/Error: oh/);
    await isRestored(status);
  });

  test("60 x 20: the curves, one line of legend, the footer, and a key that went as far as it goes", async () => {
    await begin("asoftmax explore --m 2", 60, 20);
    await terminal.shows(READY);
    const screen = await terminal.shows(/\? help {2}q quit$/);
    expect(screen.match(/[┤│]/g)!.length).toBeGreaterThanOrEqual(5);
    expect(screen).toMatch(/^ +## naive holds, angular does not {3}┊ k pi\/2$/m);
    expect(screen).not.toContain("off:");
    terminal.press("m", "m");
    await terminal.shows(/\nm ends at 1$/);
    terminal.press("M");
    await terminal.shows(/\? help {2}q quit$/);
    terminal.press("q");
    await isRestored(0);
  });

  test("it follows the size of the window, and says what it needs of a tiny one", async () => {
    await begin("asoftmax explore");
    await terminal.shows(READY);
    terminal.tmux("resize-window", "-x", "40", "-y", "10");
    await terminal.shows(/explore needs 50 columns and \d+ rows/);
    terminal.press("n");
    terminal.tmux("resize-window", "-x", "140", "-y", "30");
    await terminal.shows("theta π/2   segment 1");
    terminal.press("q");
    await isRestored(0);
  });

  test("no colour and ASCII where that is asked for, colour else", async () => {
    await begin("NO_COLOR=1 LC_ALL=C asoftmax explore");
    await terminal.shows(READY);
    const plain = terminal.tmux("capture-pane", "-p", "-e");
    expect(plain).toMatch(/^[\n -~]+$/);
    terminal.press("q");
    await isRestored(0);
    terminal.type("clear; asoftmax explore");
    terminal.press("Enter");
    await terminal.shows(READY);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: likewise
    expect(terminal.tmux("capture-pane", "-p", "-e")).toMatch(/\x1b\[(34|38;5;31)m.*●/);
  });

  test.each(definition.examples.filter(([line]) => !line.includes("--output")))("the example %s", async (line) => {
    await begin(line);
    await terminal.shows(READY);
    terminal.press("q");
    await terminal.shows("asoftmax margin --m");
    await isRestored(0);
  });

  test.each([
    ["explore --m 2,3", "--m: give one value here"],
    ["explore --m 65", "m is 65: explore shows m from 1 to 64"],
    ["explore --functions naive:m=0.5", "m is 0.5: explore shows m from 1 to 64"],
    ["explore --competing 1,2", "--competing: give one value here"],
    [`explore --functions ${Array(10).fill("softmax")}`, "--functions: explore shows at most 9, one a key"],
    ["explore | cat", "explore needs a terminal"],
    ["explore < /dev/null", "explore needs a terminal"],
    ["TERM=dumb", "explore needs a terminal"],
  ])("asoftmax %s is refused", async (line, message) => {
    await begin(line === "TERM=dumb" ? "TERM=dumb asoftmax explore" : `asoftmax ${words(line).join(" ")}`, 140);
    await terminal.shows(`asoftmax: ${message}`);
    await isRestored(line.includes("cat") ? 0 : 2);
  });
});
