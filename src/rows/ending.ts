import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects garbage, where a thread or the program has nothing left to do. V8 may still compile in the background and
 * wait for a collection, which nobody makes any more, and Node 20 waits for V8: after a collection there is room.
 */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
