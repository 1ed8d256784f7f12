import { type Message, message } from "../core/message.ts";
import type { Sample } from "./samples.ts";

/** Whether labels that were taken to count from 0 count from 1. */
export class LabelOrigin {
  /** Samples with label 0; those nearest to the class of their label, and to the class before it. */
  #zeros = 0;
  #right = 0;
  #before = 0;

  add({ label, nearest, thetaY, minThetaJ }: Sample): void {
    if (label === 0) this.#zeros++;
    if (thetaY < minThetaJ) this.#right++;
    else if (nearest === label - 1) this.#before++;
  }

  warnings(labels: string): Message[] {
    const [right, before] = [this.#right, this.#before];
    const advice = message`: where labels count from 1, give --first-label 1`;
    // No chance: the difference of the two counts has a standard deviation of at most the root of their sum.
    if (before > 2 * right && before - right > 4 * Math.sqrt(before + right))
      return [
        message`${labels}: the class before that of the label is nearest on ${before} samples, its own on ${right}${advice}`,
      ];
    return this.#zeros === 0 ? [message`${labels}: no label is 0${advice}`] : [];
  }
}
