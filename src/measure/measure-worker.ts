import { parentPort, workerData } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import { endThread } from "../rows/ending.ts";
import { END } from "../rows/pool.ts";
import { type PartWork, serveParts } from "../rows/threads.ts";
import type { FeatureAnswer, FeatureTask } from "./features.ts";

// A thread that measures: parts of a table of angles, parts of tables of samples, or tasks over features. It loads what it needs of these.

async function angleWork(): Promise<PartWork> {
  const { angleReader } = await import("./angle-samples.ts");
  const { bytesOf, source } = await angleReader(workerData, workerData.names);
  return { bytesOf, takeTally: source.takeTally };
}

async function sampleWork(): Promise<PartWork> {
  const { samplesWork } = await import("./sample-table.ts");
  return samplesWork(workerData);
}

/** Answers tasks with their results, or with the message of a DataError. */
async function serveFeatures(): Promise<void> {
  const { FeatureReader } = await import("./features.ts");
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
}

if ("file" in workerData) serveParts(angleWork());
else if ("tables" in workerData) serveParts(sampleWork());
else void serveFeatures();
