import { parentPort, workerData } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import { endThread } from "../rows/ending.ts";
import { END } from "../rows/pool.ts";
import { type FeatureAnswer, FeatureReader, type FeatureTask } from "./features.ts";

// A thread that measures features: its messages are tasks, its answers results, or the message of a DataError.
const reader = new FeatureReader(workerData);
const answer = (content: FeatureAnswer) => parentPort!.postMessage(content);
parentPort!.on("message", (task: FeatureTask | typeof END) => {
  if (task === END) return endThread();
  try {
    answer(reader.do(task));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    answer({ fault: error.message });
  }
});
