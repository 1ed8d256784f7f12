import type { SingleBar } from "cli-progress";

/** Milliseconds before the bar is shown. */
const QUIET = 1000;

/**
 * Passes blocks of rows on and shows, on a terminal, the share done, the rate and the time left. The cursor stays
 * visible and no mode is changed, so that a signal leaves nothing to restore.
 */
export async function* withProgress<T>(
  blocks: AsyncIterable<T>,
  rowsIn: (block: T) => number,
  total: number,
  done: () => number,
): AsyncGenerator<T> {
  if (!process.stderr.isTTY || total === 0) return yield* blocks;
  const start = performance.now();
  let bar: SingleBar | undefined;
  let rows = 0;
  try {
    for await (const block of blocks) {
      rows += rowsIn(block);
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
