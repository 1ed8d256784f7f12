import { afterEach, describe, expect, test, vi } from "vitest";
import { Pool } from "../../src/rows/pool.ts";

/** A thread that runs a line of JavaScript for each item, with post to answer by. */
const script = (body: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from "node:worker_threads";
const post = (answer) => parentPort.postMessage(answer);
${body}
parentPort.on("message", (item) => item === null && parentPort.close());`)}`,
  );
const echo = script('parentPort.on("message", post);');

let pool: Pool<number, number> | undefined;
afterEach(() => pool?.end());

async function* numbers(count: number, error?: Error): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
  if (error !== undefined) throw error;
}

/** What comes in order before the end, and the error that ends it. */
async function run(from: URL, items: AsyncGenerator<number>, size = 2) {
  const answers: number[] = [];
  pool = new Pool<number, number>(from, undefined, size);
  try {
    for await (const answer of pool.inOrder(items)) answers.push(answer);
  } catch (error) {
    return { answers, error: (error as Error).message };
  }
  return { answers, error: undefined };
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

test.each([1, 2, 3])("answers come in the order of the items, with %d threads", async (size) => {
  const late = script(`let last = Promise.resolve();
parentPort.on("message", (n) => {
  last = last.then(() => new Promise((done) => setTimeout(done, (n * 7) % 5))).then(() => post(n));
});`);
  expect(await run(late, numbers(50), size)).toEqual({ answers: upTo(50), error: undefined });
});

test("a thread works on the next item while its answer is used", async () => {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const count = script(`import { workerData } from "node:worker_threads";
parentPort.on("message", (item) => { if (item !== null) { Atomics.add(workerData, 0, 1); post(item); } });`);
  pool = new Pool<number, number>(count, taken, 1);
  const answers = pool.inOrder(numbers(9));
  expect((await answers.next()).value).toBe(0);
  // Nobody asks for the second answer.
  await vi.waitFor(() => expect(Atomics.load(taken, 0)).toBe(2));
});

const slow = script('parentPort.on("message", (n) => setTimeout(post, 20, n));');

// biome-ignore format: a table
test.each([[0, 2, 2], [1, 2, 4], [2, 2, 6], [1, 1, 2], [2, 1, 3]])(
  "beside %d slow threads with at most %d items this one answers too, one after another, in order, %d out at most",
  async (size, queued, most) => {
    pool = new Pool<number, number>(slow, undefined, size);
    const here: number[] = [];
    const answers: number[] = [];
    let isBusy = false;
    const answer = async (n: number) => {
      expect(isBusy).toBe(false);
      isBusy = true;
      here.push(n);
      expect(n - answers.length).toBeLessThan(most);
      await new Promise((done) => setTimeout(done, 2));
      isBusy = false;
      return n;
    };
    for await (const n of pool.inOrder(numbers(30), answer, queued)) answers.push(n);
    expect(answers).toEqual(upTo(30));
    expect([here.length > 0, here.length < 30]).toEqual([true, size > 0]);
    expect(pool.most(queued)).toBe(most);
  },
);

describe("nothing is lost, and nothing waits for ever", () => {
  test("where the items fail, all answers come before the error", async () => {
    expect(await run(echo, numbers(17, new Error("no more")))).toEqual({ answers: upTo(17), error: "no more" });
  });

  test("where this thread fails, the answers before come before the error", async () => {
    pool = new Pool<number, number>(slow, undefined, 1);
    const answers: number[] = [];
    const fail = () => Promise.reject(new Error("no memory"));
    const take = async () => {
      for await (const answer of pool!.inOrder(numbers(9), fail)) answers.push(answer);
    };
    await expect(take()).rejects.toThrow("no memory");
    expect(answers).toEqual([0]);
  });

  // biome-ignore format: a table
  test.each([
    ["that cannot start",           script('throw new Error("broken");'),                           "broken"],
    ["that fails at its third item", script('parentPort.on("message", (n) => { if (n > 4) throw new Error("broken"); post(n); });'), "broken"],
    ["that ends",                   script('parentPort.on("message", () => process.exit());'),      "a thread ended before its work"],
  ])("a thread %s", async (_, from, message) => {
    expect((await run(from, numbers(1000))).error).toBe(message);
    // And later, when nobody is waiting.
    await expect(pool!.inOrder(numbers(1)).next()).rejects.toThrow(message);
  });
});
