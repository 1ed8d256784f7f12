import { parentPort, workerData } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import { FeatureReader, type FeatureTask } from "./features.ts";

// A thread that measures features: a task in, its result or what is wrong with the data out.
const reader = new FeatureReader(workerData);
parentPort!.on("message", (task: FeatureTask) => {
  try {
    parentPort!.postMessage({ result: reader.do(task) });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    parentPort!.postMessage({ fault: error.message });
  }
});
