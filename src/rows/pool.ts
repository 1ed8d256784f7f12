import { setImmediate } from "node:timers/promises";
import { parentPort, type ResourceLimits, Worker } from "node:worker_threads";
import { collectGarbage } from "./ending.ts";

/** The message on which a worker closes its port, and so ends. */
const END = null;

/** In a worker: answers each message with one message, in their order. */
export function serve<Item, Answer>(answerTo: (item: Item) => Answer | Promise<Answer>): void {
  let last = Promise.resolve();
  parentPort!.on("message", (item: Item | typeof END) => {
    last = last.then(async () => {
      if (item !== END) return parentPort!.postMessage(await answerTo(item));
      collectGarbage();
      parentPort!.close();
    });
  });
}

/** Worker threads that answer each message with one message. */
export class Pool<Item, Answer> {
  private readonly threads: readonly ReturnType<typeof startThread<Item, Answer>>[];

  constructor(script: URL, workerData: unknown, size: number, resourceLimits: ResourceLimits = {}) {
    const options = { workerData, resourceLimits };
    this.threads = Array.from({ length: size }, () => startThread(new Worker(script, options)));
  }

  /**
   * The most items that are out at a time where the thread that asks answers too, and each worker has at most `queued`.
   */
  most(queued: number): number {
    return queued * (this.threads.length + 1);
  }

  /**
   * The answers to all items in the order of the items, each as soon as it is there. Each worker has
   * at most one item, and one more is read ahead. With `here`, which answers in this thread, each has
   * at most `queued`, and what is read while they have them is answered here, one after another. Where
   * the items fail, the answers to those before come first.
   */
  async *inOrder(items: AsyncIterator<Item>, here?: (item: Item) => Promise<Answer>, queued = 1) {
    const answers: Promise<Answer>[] = [];
    const most = here ? this.most(queued) : this.threads.length;
    const free = () => this.threads.find(({ waiting }) => waiting.length < queued);
    let failure: { readonly error: unknown } | undefined;
    const read = (): Promise<IteratorResult<Item> | undefined> =>
      items.next().catch((error) => {
        failure = { error };
        return undefined;
      });
    let next: ReturnType<typeof read> | undefined = read();
    while (next !== undefined || answers.length > 0) {
      // The event loop delivers the answers of workers, and does not turn while this thread computes.
      if (here) await setImmediate();
      const [first] = answers;
      const isFull: boolean = next === undefined || answers.length >= most;
      const isAnswered: boolean =
        isFull || (first !== undefined && (free() ? !(await isFirst(next!, first)) : await isFirst(first, next!)));
      const answer = isAnswered ? await answers.shift() : undefined;
      const thread = free();
      // A thread that has answered is given the next item, if that is read, before its answer is used.
      if (next !== undefined && (!isAnswered || (thread && (await isFirst(next, Promise.resolve()))))) {
        const item: IteratorResult<Item> | undefined = await next;
        next = item?.done === false ? read() : undefined;
        if (item?.done === false) {
          const asked = thread ? thread.ask(item.value) : here!(item.value);
          // An answer that fails while an earlier one is awaited is reported in its turn.
          const isSettled = asked.catch(() => {});
          if (!thread) await isSettled;
          answers.push(asked);
        }
      }
      if (isAnswered) yield answer!;
    }
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Asks every worker to end once it has done what it was sent. It is not terminated: Node 20 may abort where a thread
   * is torn down while its code is being compiled in the background, which a thread that ends by itself waits for.
   */
  end(): void {
    for (const { end } of this.threads) end();
  }
}

function startThread<Item, Answer>(worker: Worker) {
  /** Who waits for its answers, in order. */
  const waiting: { resolve(answer: Answer): void; reject(error: unknown): void }[] = [];
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on("message", (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("a thread ended before its work")));
  return {
    waiting,
    ask(item: Item): Promise<Answer> {
      return new Promise<Answer>((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ resolve, reject });
        worker.postMessage(item);
      });
    },
    end: () => worker.postMessage(END),
  };
}

/** Is the first promise settled, and not after the second? */
async function isFirst(first: Promise<unknown>, second: Promise<unknown>): Promise<boolean> {
  const won = () => true;
  const lost = () => false;
  return Promise.race([first.then(won, won), second.then(lost, lost)]);
}
