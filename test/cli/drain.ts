import { presentation } from "../../src/cli/presentation.ts";
import { type Invocation, invoke } from "../../src/cli/program.ts";
import type { Block } from "../../src/data/blocks.ts";
import { formatMessage } from "../../src/render/number.ts";

/** What a command writes, one character a byte, and its warnings: run in this process, on one thread, over its file or these blocks. */
export async function drain(
  args: readonly string[],
  blocks?: AsyncGenerator<Block>,
): Promise<{ out: string; warnings: string[] }> {
  const { pieces, result, style } = presentation((await invoke(args, blocks)) as Invocation);
  let out = "";
  for await (const piece of pieces) out += Buffer.from(piece).toString("latin1");
  return { out, warnings: result.end().warnings.map((warning) => formatMessage(warning, style)) };
}
