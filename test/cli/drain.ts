import { presentation } from "../../src/cli/presentation.ts";
import { type Invocation, invoke } from "../../src/cli/program.ts";
import { formatPhrase } from "../../src/render/number.ts";

/** What a command writes, one character a byte, and its warnings: run in this process, on one thread. */
export async function drain(args: readonly string[]): Promise<{ out: string; warnings: string[] }> {
  const { pieces, result, style } = presentation((await invoke(args)) as Invocation);
  let out = "";
  for await (const piece of pieces) out += Buffer.from(piece).toString("latin1");
  return { out, warnings: result.end().warnings.map((warning) => formatPhrase(warning, style)) };
}
