import { piecesOf, presentation } from "../../src/cli/presentation.ts";
import { type Invocation, invoke } from "../../src/cli/program.ts";
import { words } from "../cli/run.ts";

/** What the program writes for a command line with --output, without writing it. */
export async function draw(line: string, ending: string): Promise<string> {
  const args = [...words(line), "--output", `picture.${ending}`];
  const invocation = (await invoke(args)) as Invocation;
  let text = "";
  for await (const piece of piecesOf(invocation, presentation(invocation), args)) text += piece;
  return text;
}
