import type { SingleBar } from "cli-progress";

/** Work shorter than this shows nothing. */
const QUIET = 1000;

/**
 * Passes blocks of rows on and shows, on a terminal, the share done, the rate and the time left. The terminal is left as it
 * was: no cursor is hidden and no mode changed, so that nothing need be restored when a signal ends the program.
 */
export async function* withProgress<T>(
  blocks: AsyncIterable<readonly T[]>,
  total: number,
  done: () => number,
): AsyncGenerator<readonly T[]> {
  if (!process.stderr.isTTY || total === 0) return yield* blocks;
  const start = performance.now();
  let bar: SingleBar | undefined;
  let rows = 0;
  try {
    for await (const block of blocks) {
      rows += block.length;
      const elapsed = performance.now() - start;
      if (elapsed > QUIET) {
        bar ??= await newBar(total);
        bar.update(done(), { rate: Math.round((1000 * rows) / elapsed) });
      }
      yield block;
    }
  } finally {
    bar?.stop();
  }
}

async function newBar(total: number): Promise<SingleBar> {
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    format: "{bar} {percentage} % | {rate} rows/s | {eta_formatted} left",
    barCompleteChar: "#",
    barIncompleteChar: ".",
    clearOnComplete: true,
    linewrap: true,
  });
  bar.start(total, 0, { rate: 0 });
  return bar;
}
