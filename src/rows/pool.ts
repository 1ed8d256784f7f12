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
   * The answers to all items in the order of the items, each as soon as it is there. Each worker has at most one item, and one more is read
   * ahead. Where the items fail, the answers to those before come first.
   */
  async *inOrder(items: AsyncIterator<Item>): AsyncGenerator<Answer> {
    const answers: Promise<Answer>[] = [];
    let failure: { readonly error: unknown } | undefined;
    const read = (): Promise<IteratorResult<Item> | undefined> =>
      items.next().catch((error) => {
        failure = { error };
        return undefined;
      });
    let next: ReturnType<typeof read> | undefined = read();
    for (let turn = 0; next !== undefined || answers.length > 0; ) {
      const full = answers.length >= this.threads.length;
      const isAnswered = next === undefined || full || (await isFirst(answers[0], next));
      const answer = isAnswered ? await answers.shift() : undefined;
      // A thread that has answered is given the next item, if that is read, before its answer is used.
      if (next !== undefined && !(isAnswered && (await isFirst(Promise.resolve(), next)))) {
        const item: IteratorResult<Item> | undefined = await next;
        next = item?.done === false ? read() : undefined;
        if (item?.done === false) answers.push(this.threads[turn++ % this.threads.length]!.ask(item.value));
      }
      if (isAnswered) yield answer!;
    }
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Asks every worker to end once it has done what it was sent. It is not terminated: Node 20 may abort where a thread is torn down while its
   * code is being compiled in the background, which a thread that ends by itself waits for.
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
    ask(item: Item): Promise<Answer> {
      const answer = new Promise<Answer>((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ resolve, reject });
        worker.postMessage(item);
      });
      // One that fails while an earlier one is awaited is heard of in its turn.
      answer.catch(() => {});
      return answer;
    },
    end: () => worker.postMessage(END),
  };
}

/** Is the first promise settled before the second? */
async function isFirst(first: Promise<unknown> | undefined, second: Promise<unknown>): Promise<boolean> {
  if (first === undefined) return false;
  const won = () => true;
  const lost = () => false;
  return Promise.race([second.then(lost, lost), first.then(won, won)]);
}
