import { type Message, message } from "../core/message.ts";

/**
 * Of samples: those with label 0; those nearest to the class of their label,
 * to the class before it, and to that after it.
 */
export interface LabelCounts {
  readonly zeros: number;
  readonly right: number;
  readonly before: number;
  readonly after: number;
}

/** The labels of samples by number: what they are called, and whether --first-label can say from where they count. */
export interface Labels {
  readonly name: string;
  readonly canStart: boolean;
}

/** Whether labels that were taken to count from 0 count from 1, or the class vectors from another class. */
export function labelWarnings({ name, canStart }: Labels, { zeros, right, before, after }: LabelCounts): Message[] {
  const advice = message`: where labels count from 1, give --first-label 1`;
  // No chance: the difference of the two counts has a standard deviation of at most the root of their sum.
  const isMore = (count: number) => count > 2 * right && count - right > 4 * Math.sqrt(count + right);
  const off = (where: string, count: number, why: Message) =>
    message`${name}: the class ${where} that of the label is nearest on ${count} samples, its own on ${right}${why}`;
  const isFromOne = canStart && zeros === 0;
  if (isMore(before)) return [off("before", before, isFromOne ? advice : message`: are the labels one too large?`)];
  if (isMore(after))
    return [off("after", after, message`: are the labels one too small, or the class vectors one too many?`)];
  return isFromOne && right <= before ? [message`${name}: no label is 0${advice}`] : [];
}
