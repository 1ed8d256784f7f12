import { Worker } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import type { ClassSpread, FeatureBlock, FeatureJob, FeatureTask } from "./features.ts";

type Outcome = FeatureBlock | ClassSpread;
export type Run = (task: FeatureTask) => Outcome | Promise<Outcome>;

/** Threads that measure features, each a task at a time. */
export class FeaturePool {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(threads: number, job: FeatureJob) {
    const script = new URL("./feature-worker.cjs", import.meta.url);
    this.#workers = Array.from({ length: threads }, () => new Worker(script, { workerData: job }));
    this.#idle = [...this.#workers];
  }

  run = async (task: FeatureTask): Promise<Outcome> => {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    const { result, fault } = await answer(worker, task);
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
    if (fault !== undefined) throw new DataError(fault);
    return result!;
  };

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function answer(worker: Worker, task: FeatureTask): Promise<{ result?: Outcome; fault?: string }> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => reject(error);
    worker.once("error", failed);
    worker.once("message", (message) => {
      worker.off("error", failed);
      resolve(message);
    });
    worker.postMessage(task);
  });
}

/** The results in the order of the tasks, of which so many are under way at a time. */
export async function* inOrder(run: Run, tasks: readonly FeatureTask[], ahead: number): AsyncGenerator<Outcome> {
  const queue: Promise<Outcome>[] = [];
  for (const task of tasks) {
    const result = Promise.resolve(run(task));
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    result.catch(() => {});
    queue.push(result);
    if (queue.length >= ahead) yield await queue.shift()!;
  }
  for (const result of queue) yield await result;
}
