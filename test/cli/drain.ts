import { presentation } from "../../src/cli/presentation.ts";
import { type Invocation, invoke } from "../../src/cli/program.ts";
import { formatMessage } from "../../src/render/number.ts";
import { render } from "../../src/render/render.ts";

/** What a command writes, one character a byte, and its warnings: run in this process, on one thread. */
export async function drain(args: readonly string[]): Promise<{ out: string; warnings: string[] }> {
  const { result, format, style } = presentation((await invoke(args)) as Invocation);
  let out = "";
  const noScreen = () => Promise.reject(new Error("no table is drawn here"));
  for await (const piece of render(result, format, style, noScreen, "")) out += Buffer.from(piece).toString("latin1");
  return { out, warnings: result.end().warnings.map((warning) => formatMessage(warning, style)) };
}
