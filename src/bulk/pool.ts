import { Worker } from "node:worker_threads";

/** How many items each worker may have before its first answer is taken. */
const AHEAD = 2;

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Worker threads that answer each message with one message. */
export class Pool<Item, Answer> {
  /** How many items can be out at a time. */
  readonly most: number;
  private readonly workers: readonly Worker[];
  private readonly waiting: Waiting<Answer>[][];

  constructor(script: URL, workerData: unknown, size: number) {
    this.most = AHEAD * size;
    this.workers = Array.from({ length: size }, () => new Worker(script, { workerData }));
    this.waiting = this.workers.map(() => []);
    this.workers.forEach((worker, i) => {
      worker.on("message", (answer: Answer) => this.queue(i).shift()?.resolve(answer));
      worker.on("error", (error) => {
        for (const { reject } of this.queue(i).splice(0)) reject(error);
      });
    });
  }

  /** Sends an item to every worker. */
  askAll(item: Item): Promise<Answer[]> {
    return Promise.all(this.workers.map((_, i) => this.ask(i, item)));
  }

  /** The answers to all items in the order of the items, each as soon as it is there; one item is read ahead of the most that are out. */
  async *inOrder(items: AsyncIterator<Item>): AsyncGenerator<Answer> {
    const answers: Promise<Answer>[] = [];
    let next: Promise<IteratorResult<Item>> | undefined = items.next();
    for (let turn = 0; next !== undefined || answers.length > 0; ) {
      const full = answers.length >= this.most;
      if (next === undefined || full || (await isFirst(answers[0], next))) {
        yield await answers.shift()!;
        continue;
      }
      const item: IteratorResult<Item> = await next;
      next = item.done ? undefined : items.next();
      if (!item.done) answers.push(this.ask(turn++ % this.workers.length, item.value));
    }
  }

  end(): void {
    for (const worker of this.workers) worker.terminate();
  }

  private queue(i: number): Waiting<Answer>[] {
    return this.waiting[i]!;
  }

  private ask(i: number, item: Item): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => this.queue(i).push({ resolve, reject }));
    // One that fails while an earlier one is awaited is heard of in its turn.
    answer.catch(() => {});
    this.workers[i]!.postMessage(item);
    return answer;
  }
}

/** Is the first promise settled before the second? */
async function isFirst(first: Promise<unknown> | undefined, second: Promise<unknown>): Promise<boolean> {
  if (first === undefined) return false;
  const won = () => true;
  const lost = () => false;
  return Promise.race([second.then(lost, lost), first.then(won, won)]);
}
