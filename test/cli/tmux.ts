import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, environment } from "./run.ts";

/** A folder with the built program under the name that users type; asoftmax.pid is who ran last. */
export function folderWithProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), "asoftmax-terminal-"));
  writeFileSync(join(folder, "asoftmax"), `#!/bin/sh\necho $$ > "$0.pid"\nexec "${process.execPath}" "${bin}" "$@"\n`);
  chmodSync(join(folder, "asoftmax"), 0o755);
  return folder;
}

/** A real terminal: a shell in a tmux of its own, with asoftmax on the path. */
export class Terminal {
  readonly folder = folderWithProgram();
  private readonly socket = join(this.folder, "tmux");

  constructor(shell: string, width = 80, height = 24, env: Readonly<Record<string, string>> = {}) {
    const size = ["-x", String(width), "-y", String(height)];
    const settings = { ...environment(env), PATH: `${this.folder}:${process.env.PATH}`, TERM: "xterm-256color" };
    const command = [
      "-u",
      "-S",
      this.socket,
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      ...size,
      "-c",
      this.folder,
      shell,
    ];
    execFileSync("tmux", command, { env: settings });
  }

  tmux(...args: string[]): string {
    return execFileSync("tmux", ["-S", this.socket, ...args], { encoding: "utf8" });
  }

  /** Presses keys by their tmux names (Left, S-Right, PageUp, C-c, Tab). */
  press(...keys: string[]): void {
    this.tmux("send-keys", ...keys);
  }

  type(text: string): void {
    this.tmux("send-keys", "-l", "--", text);
  }

  /** What is on the screen, without trailing spaces. */
  screen(): string {
    return this.tmux("capture-pane", "-p").trimEnd();
  }

  /** The screen as soon as it shows what is looked for. */
  async shows(wanted: string | RegExp): Promise<string> {
    const found = (screen: string) => (typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen));
    for (let tries = 0; tries < 200; tries++) {
      const screen = this.screen();
      if (found(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the screen never showed ${wanted}:\n${this.screen()}`);
  }

  close(): void {
    this.tmux("kill-server");
    rmSync(this.folder, { recursive: true });
  }
}
