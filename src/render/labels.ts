import { linesOf, typeset, widthOf } from "./typeset.ts";

/** A rectangle of a picture, in pixels from its left upper corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
type Point = readonly [x: number, y: number];

const GAP = 9;
/** Lines of a label are at most this wide where it could be wider. */
const WIDEST = 230;
const LEVELS = 24;

const px = (x: number) => `${Math.round(x * 10) / 10}`;
const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Puts the labels of a picture where they cover neither one another nor, if it can be helped, the points of its lines. */
export class Labels {
  readonly frame: Box;
  readonly size: number;
  readonly height: number;
  readonly points: readonly Point[];
  readonly #taken: Box[] = [];

  constructor(frame: Box, size: number, height: number, points: readonly Point[]) {
    this.frame = frame;
    this.size = size;
    this.height = height;
    this.points = points;
  }

  /** A label beside a point, or along a rule at x or at y. */
  beside(text: string, x: number | undefined, y: number | undefined): string {
    const { left, top, right, bottom } = this.frame;
    const lines = linesOf(text, this.size, Math.min(WIDEST, (right - left) * 0.55));
    const [width, height] = this.#sizeOf(lines);
    const tops =
      y === undefined
        ? [top + 4, bottom - height - 4, ...this.#levels(height)]
        : [y - height - 4, y + 4, y - height / 2];
    const sides = (at: number) => [at + GAP, at - GAP - width, at - width / 2];
    const lefts = x === undefined ? [right - width - 6, left + 8, (left + right - width) / 2] : sides(x);
    const places =
      x !== undefined && y !== undefined
        ? [...tops, y - height - 22, y + 22]
            .flatMap((up) => lefts.map((side): Point => [side, up]))
            .filter(([side, up]) => !(side < x && side + width > x && up < y && up + height > y))
        : tops.flatMap((up) => (x === undefined ? lefts : lefts.slice(0, 2)).map((side): Point => [side, up]));
    return this.#put(lines, "", places, x);
  }

  /** A label in the middle of the widest place of an area, wrapped so that it fits; nothing where it fits nowhere. */
  inside(text: string, colour: string, rows: readonly RunsAt[]): string {
    const best = rows.toSorted((a, b) => b.right - b.left - (a.right - a.left))[0];
    if (best === undefined) return "";
    const lines = linesOf(text, this.size, best.right - best.left - 12);
    const [width, height] = this.#sizeOf(lines);
    if (width > best.right - best.left) return "";
    const middle = (best.left + best.right - width) / 2;
    return this.#put(lines, colour, [[middle, best.y - height / 2]], middle + width / 2);
  }

  /** Names at the right of the frame, each at the height of the end of its line, moved apart where they would touch. */
  ends(names: readonly { readonly text: string; readonly colour: string; readonly at: Point }[]): string[] {
    const { right, bottom } = this.frame;
    const sorted = names.toSorted((a, b) => a.at[1] - b.at[1]);
    const heights = sorted.map(({ at }) => at[1]);
    for (let i = 1; i < heights.length; i++) heights[i] = Math.max(heights[i]!, heights[i - 1]! + this.height);
    heights.push(bottom + this.height);
    for (let i = heights.length - 2; i >= 0; i--) heights[i] = Math.min(heights[i]!, heights[i + 1]! - this.height);
    return sorted.map(
      ({ text, colour }, i) =>
        `<text class="own ${colour}" x="${px(right + 9)}" y="${px(heights[i]! + 5)}">${typeset(text)}</text>`,
    );
  }

  #levels(height: number): number[] {
    const { top, bottom } = this.frame;
    return Array.from({ length: LEVELS }, (_, i) => top + 4 + ((bottom - top - height - 8) * i) / (LEVELS - 1));
  }

  #sizeOf = (lines: readonly string[]): Point => [
    Math.max(...lines.map((one) => widthOf(one, this.size))),
    lines.length * this.height,
  ];

  /** The lines at the place of the least cost, the first of equals. */
  #put(lines: readonly string[], colour: string, places: readonly Point[], x: number | undefined): string {
    const [width, height] = this.#sizeOf(lines);
    const { frame } = this;
    const cost = (box: Box) => {
      const outside = Math.max(
        0,
        frame.left - box.left,
        box.right - frame.right,
        frame.top - box.top,
        box.bottom - frame.bottom,
      );
      const covered = this.points.filter(([x, y]) => x > box.left && x < box.right && y > box.top && y < box.bottom);
      return 50 * outside + 1000 * this.#taken.filter((one) => overlap(one, box)).length + covered.length;
    };
    const boxes = places.map(([left, top]): Box => ({ left, top, right: left + width, bottom: top + height }));
    const best = boxes.map((box) => ({ box, cost: cost(box) })).sort((a, b) => a.cost - b.cost)[0]!.box;
    this.#taken.push(best);
    const anchored = x === undefined ? "" : ` data-x="${px(x)}"`;
    const text = lines.map(
      (one, i) =>
        `<text class="on${colour && ` own ${colour}`}" x="${px(best.left)}" y="${px(best.top + 14 + i * this.height)}">${typeset(one)}</text>`,
    );
    return `<g${x === undefined ? "" : ' class="x"'}${anchored}>${text.join("")}</g>`;
  }
}

/** A stretch from left to right, at a height, that lies in an area with room above and below. */
export interface RunsAt {
  readonly y: number;
  readonly left: number;
  readonly right: number;
}

/** The stretches of an area between two heights at each x, looked for at so many heights, with that room above and below. */
export function runsOf(
  heights: readonly (readonly [x: number, low: number, high: number])[],
  { top, bottom }: Box,
  room: number,
): RunsAt[] {
  const runs: RunsAt[] = [];
  for (let i = 1; i < LEVELS; i++) {
    const y = top + ((bottom - top) * i) / LEVELS;
    let left: number | undefined;
    heights.forEach(([x, low, high], j) => {
      const isIn = low >= y + room && high <= y - room;
      if (isIn) left ??= x;
      if (left === undefined || (isIn && j < heights.length - 1)) return;
      runs.push({ y, left, right: x });
      left = undefined;
    });
  }
  return runs;
}
