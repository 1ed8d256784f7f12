import { FONT, LINE, linesOf, px, textAt, widthOf } from "./typeset.ts";

/** A rectangle of a picture, in pixels from its left upper corner. */
type Box = Readonly<Record<"left" | "top" | "right" | "bottom", number>>;
export type Point = [x: number, y: number];

const GAP = 9;

/** The place of a mark: a dot, or a rule at an x or at a y alone. */
export type MarkAt = Readonly<Partial<Record<"x" | "y", number>>>;
const isIn = (at: number | undefined, from: number, to: number) =>
  at === undefined || (at > from - 3.5 && at < to + 3.5);
/** Lines of a label are at most this wide where it could be wider. */
const WIDEST = 230;
const LEVELS = 24;

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
type Place = Box & { readonly lines: readonly string[] };

/** A label in lines of at most that width: its size, and what gives the place of one by its left upper corner. */
function sized(text: string, most: number) {
  const lines = linesOf(text, FONT, most);
  const [width, height] = [Math.max(...lines.map((one) => widthOf(one, FONT))), lines.length * LINE];
  const at = (left: number, top: number): Place => ({ lines, left, top, right: left + width, bottom: top + height });
  return { width, height, at };
}

/**
 * Puts the labels of a picture where they cover neither one another nor, if it can
 * be helped, its marks and the points of its lines.
 */
export function labelsIn({ left, top, right, bottom }: Box, points: readonly Point[], marks: readonly MarkAt[]) {
  const taken: Box[] = [];
  const costOf = (box: Box) => {
    const outside = Math.max(0, left - box.left, box.right - right, top - box.top, box.bottom - bottom);
    // A label is tried at a hundred places, each beside all points.
    let covered = 0;
    for (const p of points) if (p[0] > box.left && p[0] < box.right && p[1] > box.top && p[1] < box.bottom) covered++;
    const crossed = marks.filter(({ x, y }) => isIn(x, box.left, box.right) && isIn(y, box.top, box.bottom));
    const labels = taken.filter((one) => overlap(one, box));
    return 1000 * labels.length + 100 * crossed.length + 50 * outside + covered;
  };

  /**
   * A label at the place of the least cost, the first of equals, over its outline in
   * the colour of the ground; it moves with x in a page.
   */
  const put = (places: readonly Place[], x: number | undefined, colour = "") => {
    const costs = places.map(costOf);
    const best = places[costs.indexOf(Math.min(...costs))]!;
    taken.push(best);
    const texts = best.lines.map((one, i) => textAt(best.left, best.top + 14 + i * LINE, one, colour)).join("");
    return `<g${x === undefined ? "" : ` class="x" data-x="${px(x)}"`}><g class="on">${texts}</g>${texts}</g>`;
  };

  /** A label beside a point, or along a rule at x or at y. */
  function beside(text: string, { x, y }: MarkAt, colour: string): string {
    const placed = (most: number) => {
      const { width, height, at } = sized(text, most);
      const level = (i: number) => top + 4 + ((bottom - top - height - 8) * i) / (LEVELS - 1);
      const tops =
        y === undefined
          ? [level(0), level(LEVELS - 1), ...Array.from({ length: LEVELS }, (_, i) => level(i))]
          : [y - height - 4, y + 4, y - height / 2, ...(x === undefined ? [] : [y - height - 22, y + 22])];
      const lefts =
        x === undefined
          ? [right - width - 6, left + 8, (left + right - width) / 2]
          : [x + GAP, x - GAP - width, ...(y === undefined ? [] : [x - width / 2])];
      return tops.flatMap((up) => lefts.map((side) => at(side, up)));
    };
    const most = Math.min(WIDEST, (right - left) * 0.55);
    return put([...placed(most), ...placed(most * 0.6)], x, colour);
  }

  /**
   * A label inside an area, in as few lines as fit in it, as high as may be and in
   * the middle there; nothing where it fits nowhere.
   */
  function inside(text: string, colour: string, heights: Heights): string {
    for (const most of [WIDEST, 0.6 * WIDEST, 0.4 * WIDEST, 0.2 * WIDEST]) {
      const { width, at } = sized(text, most);
      for (let up = top + 8; up < bottom; up += 8) {
        const isFree = ({ left, right, top, bottom }: Box) =>
          heights.every(([x, low, high]) => !isIn(x, left - 4, right + 4) || (low > bottom && high < top));
        const starts = heights.filter(([x], i) => i % 4 === 0 && x + width < right);
        const places = starts.map(([x]) => at(x, up)).filter(isFree);
        const middle = places[places.length >> 1];
        if (middle !== undefined) return put([middle], (middle.left + middle.right) / 2, `own ${colour}`);
      }
    }
    return "";
  }

  /** Names at the right of the frame, each at the height of the end of its line, moved apart where they would touch. */
  function ends(names: readonly { readonly text: string; readonly colour: string; readonly y: number }[]): string[] {
    const sorted = names.toSorted((a, b) => a.y - b.y);
    const down = sorted.map(({ y }) => y);
    const up = [...down, bottom + LINE];
    for (let i = 1; i < down.length; i++) down[i] = Math.max(down[i]!, down[i - 1]! + LINE);
    for (let i = down.length - 1; i >= 0; i--) up[i] = Math.min(up[i]!, up[i + 1]! - LINE);
    const middle = down.map((y, i) => (y + up[i]!) / 2);
    // None below the axis, where its numbers stand.
    for (let i = middle.length - 1; i >= 0; i--)
      middle[i] = Math.min(middle[i]!, (middle[i + 1] ?? bottom + LINE) - LINE);
    return sorted.map(({ text, colour }, i) => textAt(right + GAP, middle[i]! + 5, text, `own ${colour}`));
  }

  return { beside, inside, ends };
}

/** The lower and the upper edge of an area at each x. */
export type Heights = readonly (readonly [x: number, low: number, high: number])[];
