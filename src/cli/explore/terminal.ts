import { emitKeypressEvents, type Key } from "node:readline";
import { SIGNALS } from "../output.ts";

// The alternate screen without a cursor, and the screen before it.
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const [HOME, CLEAR_LINE, CLEAR_BELOW] = ["\x1b[H", "\x1b[K", "\x1b[J"];

/** The character that a key types, or its name with shift+ or ctrl+ before it. */
function keyName(typed: string | undefined, { name = "", ctrl, shift }: Key): string {
  if (ctrl) return `ctrl+${name}`;
  return typed?.length === 1 ? typed : `${shift ? "shift+" : ""}${name}`;
}

/**
 * Draws the state and lets keys change it until q. The terminal is put back at the end, after an error and on a signal
 * too, which then ends the program in its usual way.
 */
export function fullScreen<S>(
  start: S,
  press: (state: S, key: string) => S,
  draw: (state: S, width: number, height: number) => readonly string[],
): Promise<S> {
  const { stdin, stdout } = process;
  let state = start;
  return new Promise((resolve, reject) => {
    function show(): void {
      try {
        const lines = draw(state, stdout.columns, stdout.rows).map((line) => line + CLEAR_LINE);
        stdout.write(HOME + lines.join("\r\n") + CLEAR_BELOW);
      } catch (error) {
        leave();
        reject(error);
      }
    }
    function onKey(typed: string | undefined, key: Key): void {
      const name = keyName(typed, key);
      if (name === "ctrl+c") process.kill(process.pid, "SIGINT");
      else if (name === "q") {
        leave();
        resolve(state);
      } else {
        state = press(state, name);
        show();
      }
    }
    function onSignal(signal: NodeJS.Signals): void {
      leave();
      process.kill(process.pid, signal);
    }
    const onHangUp = () => onSignal("SIGHUP");
    function leave(): void {
      stdin.off("keypress", onKey).off("end", onHangUp).setRawMode(false).pause();
      stdout.off("resize", show).write(LEAVE);
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off("exit", leave);
    }
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.on("exit", leave);
    // A terminal that was closed need not be put back.
    stdin.on("error", () => {});
    emitKeypressEvents(stdin);
    stdin.setRawMode(true).on("keypress", onKey).on("end", onHangUp).resume();
    stdout.on("resize", show).write(ENTER);
    show();
  });
}
