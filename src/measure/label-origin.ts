import { type Message, message } from "../core/message.ts";
import type { Sample } from "./statistics.ts";

/** Whether labels that were taken to count from 0 count from 1. */
export class LabelOrigin {
  #samples = 0;
  #zeros = 0;
  #right = 0;
  /** Samples whose nearest class is that before their label's. */
  #before = 0;

  add({ label, nearest, thetaY, minThetaJ }: Sample): void {
    const found = thetaY < minThetaJ ? label : nearest;
    this.#samples++;
    if (label === 0) this.#zeros++;
    if (found === label) this.#right++;
    if (found === label - 1) this.#before++;
  }

  warnings(labels: string): Message[] {
    const [right, before] = [this.#right, this.#before];
    const advice = message`: where labels count from 1, give --first-label 1`;
    // More than chance: the difference of the two counts has a standard deviation of at most the root of their sum.
    if (before > 2 * right && before - right > 4 * Math.sqrt(before + right))
      return [
        message`${labels}: ${right} samples are nearest to the class of their label, ${before} to the class before${advice}`,
      ];
    return this.#samples > 0 && this.#zeros === 0 ? [message`${labels}: no label is 0${advice}`] : [];
  }
}
