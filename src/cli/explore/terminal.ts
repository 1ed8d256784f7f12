import { emitKeypressEvents, type Key } from "node:readline";

// Another screen, without a cursor; and back.
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const [HOME, CLEAR_LINE, CLEAR_BELOW] = ["\x1b[H", "\x1b[K", "\x1b[J"];
const WARM_FRAMES = 12;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What a key types, or its name with shift+ or ctrl+ before it. */
function keyName(typed: string | undefined, { name = "", ctrl, shift }: Key): string {
  if (ctrl) return `ctrl+${name}`;
  return typed?.length === 1 ? typed : `${shift ? "shift+" : ""}${name}`;
}

/**
 * Draws the state and lets keys change it until q. However that ends (an error and a signal too), the terminal is as it was
 * before: signals then take their usual course.
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
    /** Draws what the next key may ask for without showing it, a frame between keys: cold code would be felt in the first of them. */
    function warmUp(frames: number): void {
      if (frames === 0 || !stdin.isRaw) return;
      try {
        draw(press(state, frames % 2 === 0 ? "left" : "right"), stdout.columns, stdout.rows);
        setImmediate(warmUp, frames - 1);
      } catch {
        // What fails here is heard of when a key asks for it.
      }
    }
    function onKey(typed: string | undefined, key: Key): void {
      const name = keyName(typed, key);
      if (name === "ctrl+c") process.kill(process.pid, "SIGINT");
      else if (name === "q") finish();
      else {
        state = press(state, name);
        show();
      }
    }
    function finish(): void {
      leave();
      resolve(state);
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
    // A terminal that is gone has nothing to be given back.
    stdin.on("error", () => {});
    emitKeypressEvents(stdin);
    stdin.setRawMode(true).on("keypress", onKey).on("end", onHangUp).resume();
    stdout.on("resize", show).write(ENTER);
    show();
    warmUp(WARM_FRAMES);
  });
}
