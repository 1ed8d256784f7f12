import { workerData } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import { serve } from "../rows/pool.ts";
import { serveParts } from "../rows/threads.ts";
import type { FeatureAnswer, FeatureTask } from "./features.ts";

// A thread that measures: parts of a table of angles, parts of tables of samples, or
// tasks over features. It loads what it needs of these.

/** Answers tasks with their results, or with the message of a DataError. */
async function serveFeatures(): Promise<void> {
  const { featureReader } = await import("./features.ts");
  const answerTo = featureReader(workerData);
  serve<FeatureTask, FeatureAnswer>((task) => {
    try {
      return answerTo(task);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      return { fault: error.message };
    }
  });
}

if ("file" in workerData) serveParts(import("./angle-samples.ts").then(({ anglesWork }) => anglesWork(workerData)));
else if ("tables" in workerData)
  serveParts(import("./sample-table.ts").then(({ samplesWork }) => samplesWork(workerData)));
else void serveFeatures();
