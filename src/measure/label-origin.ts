import { type Message, message } from "../core/message.ts";
import type { Sample } from "./samples.ts";

/** Whether labels that were taken to count from 0 count from 1. */
export function labelOrigin() {
  /** Samples with label 0; those nearest to the class of their label, and to the class before it. */
  let [zeros, right, before] = [0, 0, 0];
  return {
    add({ label, nearest, thetaY, minThetaJ }: Sample): void {
      if (label === 0) zeros++;
      if (thetaY < minThetaJ) right++;
      else if (nearest === label - 1) before++;
    },
    warnings(labels: string): Message[] {
      const advice = message`: where labels count from 1, give --first-label 1`;
      // No chance: the difference of the two counts has a standard deviation of at most the root of their sum.
      if (before > 2 * right && before - right > 4 * Math.sqrt(before + right))
        return [
          message`${labels}: the class before that of the label is nearest on ${before} samples, its own on ${right}${advice}`,
        ];
      return zeros === 0 ? [message`${labels}: no label is 0${advice}`] : [];
    },
  };
}
