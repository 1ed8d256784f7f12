import { type Message, message } from "../core/message.ts";
import type { Sample } from "./samples.ts";

/** Whether labels that were taken to count from 0 count from 1, or the class vectors from another class. */
export function labelOrigin() {
  /** Samples with label 0; those nearest to the class of their label, to the class before it, and to that after it. */
  let [zeros, right, before, after] = [0, 0, 0, 0];
  return {
    add({ label, nearest, thetaY, minThetaJ }: Sample): void {
      if (label === 0) zeros++;
      if (thetaY < minThetaJ) right++;
      else if (nearest === label - 1) before++;
      else if (nearest === label + 1) after++;
    },
    warnings(labels: string): Message[] {
      const advice = message`: where labels count from 1, give --first-label 1`;
      // No chance: the difference of the two counts has a standard deviation of at most the root of their sum.
      const isMore = (count: number) => count > 2 * right && count - right > 4 * Math.sqrt(count + right);
      const off = (where: string, count: number, why: Message) =>
        message`${labels}: the class ${where} that of the label is nearest on ${count} samples, its own on ${right}${why}`;
      if (isMore(before))
        return [off("before", before, zeros === 0 ? advice : message`: are the labels one too large?`)];
      if (isMore(after))
        return [off("after", after, message`: are the labels one too small, or the class vectors one too many?`)];
      return zeros === 0 && right <= before ? [message`${labels}: no label is 0${advice}`] : [];
    },
  };
}
