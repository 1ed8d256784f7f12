import { Worker } from "node:worker_threads";

/** The message on which a worker closes its port, and so ends. */
export const END = null;

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread: who waits for its answers, what it said before it was asked, and what ended it. */
interface Thread<Answer> {
  readonly worker: Worker;
  readonly waiting: Waiting<Answer>[];
  readonly early: Answer[];
  failure?: unknown;
}

/** Worker threads that answer each message with one message. */
export class Pool<Item, Answer> {
  private readonly threads: readonly Thread<Answer>[];

  constructor(script: URL, workerData: unknown, size: number) {
    this.threads = Array.from({ length: size }, () => startThread(new Worker(script, { workerData })));
  }

  /** Sends an item to every worker. */
  askAll(item: Item): Promise<Answer[]> {
    return Promise.all(this.threads.map((thread) => ask(thread, item)));
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
      if (next === undefined || full || (await isFirst(answers[0], next))) {
        yield await answers.shift()!;
        continue;
      }
      const item: IteratorResult<Item> | undefined = await next;
      next = item?.done === false ? read() : undefined;
      if (item?.done === false) answers.push(ask(this.threads[turn++ % this.threads.length]!, item.value));
    }
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Asks every worker to end once it has done what it was sent. It is not terminated: Node 20 may abort where a thread is torn down while its
   * code is being compiled in the background, which a thread that ends by itself waits for.
   */
  end(): void {
    for (const { worker } of this.threads) worker.postMessage(END);
  }
}

function startThread<Answer>(worker: Worker): Thread<Answer> {
  const thread: Thread<Answer> = { worker, waiting: [], early: [] };
  const fail = (error: unknown) => {
    thread.failure ??= error;
    for (const { reject } of thread.waiting.splice(0)) reject(thread.failure);
  };
  worker.on("message", (answer: Answer) => {
    const first = thread.waiting.shift();
    if (first === undefined) thread.early.push(answer);
    else first.resolve(answer);
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("a thread ended before its work")));
  return thread;
}

function ask<Item, Answer>(thread: Thread<Answer>, item: Item): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    if (thread.early.length > 0) resolve(thread.early.shift()!);
    else if (thread.failure !== undefined) reject(thread.failure);
    else {
      thread.waiting.push({ resolve, reject });
      thread.worker.postMessage(item);
    }
  });
  // One that fails while an earlier one is awaited is heard of in its turn.
  answer.catch(() => {});
  return answer;
}

/** Is the first promise settled before the second? */
async function isFirst(first: Promise<unknown> | undefined, second: Promise<unknown>): Promise<boolean> {
  if (first === undefined) return false;
  const won = () => true;
  const lost = () => false;
  return Promise.race([second.then(lost, lost), first.then(won, won)]);
}
