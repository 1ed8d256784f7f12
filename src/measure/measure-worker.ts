import { parentPort, workerData } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import { endThread } from "../rows/ending.ts";
import { END } from "../rows/pool.ts";
import { serveParts } from "../rows/threads.ts";
import { angleReader } from "./angle-samples.ts";
import { type FeatureAnswer, FeatureReader, type FeatureTask } from "./features.ts";

// A thread that measures: parts of a table of angles, or tasks over features, which it answers with results or the message of a DataError.
if ("file" in workerData) {
  serveParts(
    angleReader(workerData, workerData.names).then(({ bytesOf, source }) => ({ bytesOf, takeTally: source.takeTally })),
  );
} else {
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
