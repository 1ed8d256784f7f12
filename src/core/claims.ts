import { type Descent, descend } from "./descend.ts";
import { angleOfQuarter, cosine, fold, reduce } from "./double-double.ts";
import { type Conditions, conditions } from "./margin.ts";
import { type Message, message, radians } from "./message.ts";
import { monotonicity } from "./monotonicity.ts";
import { isAngle, psi, requireMargin, segment } from "./psi.ts";
import { asoftmax, naive } from "./target-functions.ts";
import { pieceEnd, pieceValue, type Target } from "./targets.ts";
import { violations } from "./violations.ts";

/** A statement about psi, whether it should hold, whether the computation found that it does, and the figures. */
export interface Claim {
  id: string;
  claim: string;
  expected: boolean;
  holds: boolean;
  evidence: Message;
  /** The beginning of the evidence: the figures that decide. */
  summary: Message;
}

/** A pair of angles theta_y and theta_j, the segment of theta_y, and which conditions hold. */
type Judged = Conditions & Readonly<Record<"y" | "j" | "k", number>>;

interface Subject {
  readonly m: number;
  readonly soft: Target;
  readonly pairs: readonly Judged[];
  /** Evenly spread over the square [0, pi]^2. */
  readonly lattice: readonly Judged[];
}

type Finding = [holds: boolean, summary: Message, rest?: Message | undefined];
type Statement = readonly [id: string, claim: string, expected: boolean, test: (subject: Subject) => Finding];

const BEYOND = "the optimal theta_y lies in [pi/m, pi] (stated in a public note on the loss; false)";

const statements = (m: number): readonly Statement[] => [
  ["naive-right-below", "on [0, pi/m] naive and angular are the same", true, agreeBelow],
  ["naive-wrong-beyond", "beyond pi/m naive can hold where angular does not", m > 1, passBeyond],
  ["constraint-needed", "descent on cos(m theta) can end beyond pi/m", m > 1, endOutside],
  ["psi-continuous", "psi is continuous at every knot k pi/m", true, isContinuous],
  ["psi-decreasing", "psi falls on all of [0, pi]", true, isDecreasing],
  ["psi-is-angular", "psi(theta_y) > cos(theta_j) exactly where m theta_y < theta_j", true, areEquivalent],
  ["no-false-minimum", "with psi the loss has no false minimum", true, neverTurns],
  ["share-angular", "angular and psi hold on 1/(2m) of [0, pi]^2", true, shareOfAngular],
  ["share-naive", "naive holds on 1/2 of [0, pi]^2 for integer m", true, shareOfNaive],
  ["optimum-beyond", BEYOND, false, optimumBeyond],
  ["optimum-first", "the optimal theta_y lies in [0, pi/m]", true, optimumFirst],
  ["knot-holds", "descent from above ends at the knot pi/m while c < 1, not at c > 1", m > 1, knotHolds],
  ["lambda-frees", "with lambda = 5 descent escapes from pi/m", m > 1, lambdaFrees],
];

/**
 * Tests every claim made about A-Softmax for one margin, each by computation: on over
 * 100,000 seeded angle pairs, on the exact pieces of psi, or by a descent. The same m gives
 * the same figures. Throws ParameterError for m outside [1, 2^20].
 * @example
 * claims(4).every(({ holds, expected }) => holds === expected); // true
 */
export function claims(m: number): Claim[] {
  requireMargin(m);
  const judged = ([y, j]: Pair): Judged => ({ y, j, k: segment(m, y), ...conditions(m, y, j) });
  const [pairs, lattice] = [seededPairs(m).map(judged), latticePairs().map(judged)];
  const subject = { m, soft: asoftmax({ m }), pairs, lattice };
  return statements(m).map(([id, claim, expected, test]) => {
    const [holds, summary, rest = []] = test(subject);
    return { id, claim, expected, holds, evidence: [...summary, ...rest], summary };
  });
}

type Pair = readonly [y: number, j: number];

/** Uniform pairs, pairs at and beside the knots, and pairs at and beside m theta_y = theta_j. */
function seededPairs(m: number): Pair[] {
  // Park and Miller's generator of random numbers.
  let state = 20170408;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const pairs: Pair[] = [];
  while (pairs.length < 120_000) {
    const thetaY = Math.PI * random();
    const knot = angleOfQuarter(2 * Math.floor(random() * (m + 1)), m);
    const nudge = 1 + (Math.floor(random() * 5) - 2) * 2 ** -52;
    const small = thetaY / m;
    pairs.push([thetaY, Math.PI * random()], [knot * nudge, Math.PI * random()], [small, m * small * nudge]);
  }
  return pairs.filter(([y, j]) => isAngle(y) && isAngle(j));
}

const LATTICE = 100_000;
const LATTICE_ERROR = 0.01;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** A lattice over [0, pi]^2 none of whose lines follows a boundary of the conditions. */
const latticePairs = () =>
  Array.from({ length: LATTICE }, (_, i): Pair => [(Math.PI * (i + 0.5)) / LATTICE, Math.PI * ((i * GOLDEN) % 1)]);

const count = (pairs: readonly Judged[], test: (pair: Judged) => boolean) => pairs.filter(test).length;

/** Is a condition the angular one for each of these pairs? */
function isAngular(condition: "naive" | "psi", pairs: readonly Judged[], rest?: Message): Finding {
  const differ = count(pairs, (pair) => pair[condition] !== pair.angular);
  return [differ === 0, message`${differ} of ${pairs.length} pairs differ`, rest];
}

const agreeBelow = ({ pairs }: Subject) =>
  isAngular(
    "naive",
    pairs.filter(({ k }) => k === 0),
  );

function passBeyond({ m }: Subject): Finding {
  const thetaJ = violations(m, Math.PI / 2).length > 0 ? Math.PI / 2 : Math.PI;
  const found = violations(m, thetaJ);
  const [first] = found;
  if (first === undefined) return [false, message`${0} intervals for any theta_j`];
  const y = first.lo + (first.hi - first.lo) / 2;
  const { naive, angular } = conditions(m, y, thetaJ);
  const example = message`at ${radians(y)} cos(m theta_y) = ${cosine(reduce(m, y)).hi}, m theta_y = ${radians(m * y)}`;
  const intervals = message`${found.length} ${found.length === 1 ? "interval" : "intervals"}`;
  return [naive && !angular, intervals, message` at theta_j = ${radians(thetaJ)}; ${example}`];
}

function endOutside({ m }: Subject): Finding {
  const target = naive({ m });
  const settings = { thetaJ: Math.PI / 2, scale: 1, rate: 1 / (m * m), steps: 300 };
  const justBeyond = (Math.PI / m + Math.min(Math.PI, (2 * Math.PI) / m)) / 2;
  const starts = [...Array.from({ length: 100 }, (_, i) => ((i + 0.5) * Math.PI) / 100), justBeyond];
  const runs = starts.map((start) => ({ start, end: finalAngle(target, { ...settings, start }) }));
  const outside = runs.filter(({ end }) => segment(m, end) > 0);
  const [first] = outside;
  const example = first && message`: from ${radians(first.start)} to ${radians(first.end)}`;
  return [first !== undefined, message`${outside.length} of ${runs.length} starts end outside`, example];
}

function isContinuous({ soft: { pieces } }: Subject): Finding {
  let step = 0;
  for (let k = 1; k < pieces.count; k++) {
    const knot = pieceEnd(pieces, k - 1);
    const [below, above] = [k - 1, k].map((i) => pieceValue(pieces.piece(i), knot, 0).hi);
    step = Math.max(step, Math.abs(above! - below!));
  }
  const knots = message`${pieces.count - 1} ${pieces.count === 2 ? "knot" : "knots"}`;
  return [step === 0, message`the largest step is ${step}`, message` at ${knots}`];
}

function isDecreasing({ soft, pairs }: Subject): Finding {
  const { stretches } = monotonicity(soft);
  const values = Float64Array.from(pairs, ({ y }) => y)
    .sort()
    .map(soft.value);
  const rises = values.filter((value, i) => value > values[i - 1]!).length;
  const change = stretches.reduce((sum, stretch) => (stretch.direction === "falling" ? sum + stretch.change : sum), 0);
  const isOne = stretches.length === 1 && stretches[0]!.direction === "falling";
  const figures = message`${stretches.length} stretch, change ${change}`;
  return [isOne && rises === 0, figures, message`; ${rises} rises over ${values.length} sorted angles`];
}

function areEquivalent({ m, pairs }: Subject): Finding {
  const misjudged = count(pairs, ({ y, j, angular }) => psi(m, y) > cosine(reduce(1, j)).hi !== angular);
  return isAngular("psi", pairs, message` (comparing rounded cosines would misjudge ${misjudged})`);
}

function neverTurns({ soft, pairs }: Subject): Finding {
  const rising = count(pairs, ({ y }) => soft.slope(y) > 0);
  const others = monotonicity(soft).stretches.filter(({ direction }) => direction !== "falling").length;
  const slopes = message`${rising} of ${pairs.length} slopes rise`;
  return [rising + others === 0, slopes, message`, ${others} stretches where psi does not fall`];
}

function shareOfAngular({ m, lattice }: Subject): Finding {
  const [angular, held] = [count(lattice, (pair) => pair.angular), count(lattice, (pair) => pair.psi)];
  const [stated, counted] = [1 / (2 * m), angular / LATTICE];
  const holds = Math.abs(counted - stated) < LATTICE_ERROR && held === angular;
  return [holds, message`counted ${counted}`, message` and ${held / LATTICE}, stated ${stated}, on ${LATTICE} pairs`];
}

/**
 * The share of theta_j for one theta_y is 1 - fold(m theta_y)/pi, linear between
 * knots: the trapezoid rule over the knots is exact.
 */
function shareOfNaive({ m, lattice }: Subject): Finding {
  const height = (theta: number) => {
    const { quarter, hi } = fold(reduce(m, theta));
    return 1 - quarter / 2 - hi / Math.PI;
  };
  let share = 0;
  for (let k = 0; k < m; k++) {
    const [from, to] = [angleOfQuarter(2 * k, m), Math.min(Math.PI, angleOfQuarter(2 * k + 2, m))];
    share += ((to - from) * (height(from) + height(to))) / (2 * Math.PI);
  }
  const counted = count(lattice, ({ naive }) => naive) / LATTICE;
  const isRight = !Number.isInteger(m) || Math.abs(share - 0.5) < 1e-9;
  const integral = message`, integral ${share}${Number.isInteger(m) ? "" : " since m is no integer"}`;
  const holds = isRight && Math.abs(counted - share) < LATTICE_ERROR;
  return [holds, message`counted ${counted}`, message`${integral}, on ${LATTICE} pairs`];
}

function optimumBeyond({ soft, pairs }: Subject): Finding {
  const beyond = pairs.filter(({ k }) => k > 0);
  const met = count(beyond, (pair) => pair.psi);
  const top = soft.value(pieceEnd(soft.pieces, 0));
  const why = message`psi is at most ${top} there, cos(theta_j) at least ${-1}`;
  return [met > 0, message`psi holds for ${met} of ${beyond.length}`, message` pairs there: ${why}`];
}

function optimumFirst({ pairs }: Subject): Finding {
  const met = pairs.filter((pair) => pair.psi);
  const inside = count(met, ({ k }) => k === 0);
  const rest = [" (pairs that meet the psi condition)"];
  return [inside === met.length, message`${inside} of ${met.length} lie there`, rest];
}

function knotHolds({ m }: Subject): Finding {
  const [slow, fast] = [endAboveKnot(m, 0, 0.5), endAboveKnot(m, 0, 3)];
  const rest = message` for c = ${0.5}, at pi/m - ${-fast} for c = ${3}`;
  return endApart(m, slow, fast, message`ends at pi/m + ${slow}`, rest);
}

function lambdaFrees({ m }: Subject): Finding {
  const [without, withLambda] = [endAboveKnot(m, 0, 0.5), endAboveKnot(m, 5, 0.5)];
  const rest = message` with lambda, at pi/m + ${without} without it`;
  return endApart(m, without, withLambda, message`ends at pi/m - ${-withLambda}`, rest);
}

/**
 * Of two descents from just above the knot pi/m, given by where they end
 * relative to it: does one end there, and the other below?
 */
function endApart(m: number, atKnot: number, below: number, summary: Message, rest: Message): Finding {
  if (!(m > 1)) return [false, message`no knot lies inside (0, pi)`];
  return [Math.abs(atKnot) < 1e-9 && m * below < -1e-3, summary, rest];
}

/**
 * Where 2000 steps from just above the knot pi/m end, relative to it; near it a
 * step shortens the distance by c times the distance.
 */
function endAboveKnot(m: number, lambda: number, c: number): number {
  const soft = asoftmax({ m, lambda });
  const knot = pieceEnd(soft.pieces, 0);
  const missed = 1 / (1 + Math.exp(-1));
  const start = knot + Math.min(0.05, ((m - 1) * Math.PI) / 2) / m;
  return finalAngle(soft, { start, thetaJ: Math.PI / 2, scale: 1, rate: c / (m * m * missed), steps: 2000 }) - knot;
}

const finalAngle = (descended: Target, settings: Descent) => [...descend(() => descended, settings)].at(-1)!.theta;
