import { fold, type Phase, reduce, wholeQuarters } from "../core/double-double.ts";
import { conditions, effectiveMargin } from "../core/margin.ts";
import { type Message, message } from "../core/message.ts";
import { targetFromSpec } from "../core/notation.ts";
import { isAboveCosine } from "../core/targets.ts";
import type { NpzMember } from "../data/npz-file.ts";
import type { Mean } from "./exact-sum.ts";

/**
 * What to find out of every sample, as plain values that can be sent to a thread; functions are given by their specs.
 */
export interface Questions {
  readonly margins: readonly number[];
  /** Those with a mean loss at each scale. */
  readonly functions: readonly string[];
  readonly scales: readonly (number | "norm")[];
  /** Those whose own margin is counted. */
  readonly counted: readonly string[];
}

/** One sample. Classes are numbered from 0; angles are in radians. */
export interface Sample {
  /** Its line or row number. */
  readonly place: number;
  readonly label: number;
  /** The competing class at the smallest angle. */
  readonly nearest: number;
  readonly thetaY: number;
  readonly minThetaJ: number;
  /** Length of the feature vector; NaN where features are not known. */
  readonly norm: number;
}

/** The figures of a sample of which means and quantiles are taken. */
export const MEASURES: readonly {
  readonly name: string;
  readonly isAngle: boolean;
  readonly of: (sample: Sample) => number;
}[] = [
  { name: "theta_y", isAngle: true, of: ({ thetaY }) => thetaY },
  { name: "min_theta_j", isAngle: true, of: ({ minThetaJ }) => minThetaJ },
  { name: "effective_margin", isAngle: false, of: ({ thetaY, minThetaJ }) => effectiveMargin(thetaY, minThetaJ) },
  { name: "angle_gap", isAngle: true, of: ({ thetaY, minThetaJ }) => minThetaJ - thetaY },
  { name: "feature_norm", isAngle: false, of: ({ norm }) => norm },
];

/** Angles further apart than this need no exact comparison. */
export const DOUBT = 1e-12;

/** Where in a record the figures of the first m begin, and what it has of each m; the first three are 1 or 0. */
const MARGINS_AT = 6;
const OF_MARGIN = ["naive", "angular", "psi", "segment", "naive_pairs"] as const;
export type OfMargin = (typeof OF_MARGIN)[number];

export type SampleRecords = ReturnType<typeof sampleRecords>;

/**
 * The form of records: a record is a row of doubles with all that the report and --per-sample need of a sample; threads
 * send records to one another. The record of a bad row that is kept has its place only, the rest is NaN.
 */
export function sampleRecords(questions: Questions) {
  const { margins, functions, scales, counted } = questions;
  const countedTargets = counted.map((spec) => targetFromSpec(spec));
  const losses = functions.length * scales.length;
  const holdsAt = MARGINS_AT + OF_MARGIN.length * margins.length;
  const lossesAt = holdsAt + counted.length;
  return {
    questions,
    /** How many doubles a record has. */
    width: lossesAt + 3 * losses,
    /** The place of a figure of margin number i. */
    placeOf: (i: number, figure: OfMargin) => MARGINS_AT + OF_MARGIN.length * i + OF_MARGIN.indexOf(figure),
    /** Where those begin that say whether a sample keeps the margin of each counted function: 1 or 0. */
    holdsAt,
    /** Where the losses begin: those of a function at every scale, then those of the next. */
    lossesAt,
    /**
     * Where those from rounded cosines begin, each followed by how far an error of 1 in all of
     * these would put it off; 0 and 0 where there is none.
     */
    roundedAt: lossesAt + losses,
    /**
     * Writes the record of a sample but for its losses at `at`. naivePairs returns how many competing angles exceed
     * `folded`, m theta_y folded into [0, pi], for margin number i.
     */
    write(records: Float64Array, at: number, sample: Sample, naivePairs: (i: number, folded: number) => number): void {
      const { thetaY, minThetaJ } = sample;
      records[at] = sample.place;
      records[at + 1] = sample.label;
      records[at + 2] = sample.nearest;
      records[at + 3] = thetaY;
      records[at + 4] = minThetaJ;
      records[at + 5] = sample.norm;
      for (let i = 0, to = at + MARGINS_AT; i < margins.length; i++, to += OF_MARGIN.length) {
        const phase = reduce(margins[i]!, thetaY);
        const folded = angleOf(fold(phase));
        const segment = wholeQuarters(phase) >> 1;
        const isAbove = minThetaJ > folded;
        // In segment 0 naive, angular and psi are the same; in the others only naive can hold.
        const { naive, angular, psi } =
          Math.abs(minThetaJ - folded) > DOUBT
            ? { naive: isAbove, angular: isAbove && segment === 0, psi: isAbove && segment === 0 }
            : conditions(margins[i]!, thetaY, minThetaJ);
        records[to] = +naive;
        records[to + 1] = +angular;
        records[to + 2] = +psi;
        records[to + 3] = segment;
        records[to + 4] = naivePairs(i, folded);
      }
      for (let i = 0; i < countedTargets.length; i++)
        records[at + holdsAt + i] = +isAboveCosine(countedTargets[i]!, thetaY, minThetaJ);
    },
    /** Writes a bad row that is kept. */
    writeBad(records: Float64Array, at: number, place: number): void {
      records.fill(Number.NaN, at, at + this.width);
      records[at] = place;
    },
    /** The sample of a record; undefined for a bad row. */
    sample(records: Float64Array, at: number): Sample | undefined {
      if (Number.isNaN(records[at + 1]!)) return undefined;
      return {
        place: records[at]!,
        label: records[at + 1]!,
        nearest: records[at + 2]!,
        thetaY: records[at + 3]!,
        minThetaJ: records[at + 4]!,
        norm: records[at + 5]!,
      };
    },
  };
}

/** The angle in double that a phase in [0, pi] stands for, within 1e-15. */
const angleOf = ({ quarter, hi }: Phase) => (quarter * Math.PI) / 2 + hi;

/** Figures that are known of features only; angles in radians. */
export interface FeatureFigures {
  readonly fisher_score?: number;
  readonly class_angles?: ClassAngles | undefined;
}

/** Angles between class vectors and the centres of classes; of the samples to the centres the mean so far. */
export interface ClassAngles extends Readonly<Record<"w_ec" | "w_inter" | "inter" | "left_out", number>> {
  readonly intra: Mean;
}

/** Identifies the class vectors, so that samples measured in separate runs can be checked to have the same ones. */
export interface ClassIdentity {
  /** The names of the classes in their order; null where they are whole numbers in theirs. */
  readonly class_names: readonly string[] | null;
  /** A fingerprint of the class vectors; of angles, of the names of the classes. */
  readonly class_vectors: string;
}

/** The file of class sums that is to be written, and its arrays. */
export interface NewSums {
  readonly path: string;
  readonly members: () => NpzMember[];
}

/** What the report says where class means stand for class vectors. */
export const meansNote = (classes: number): Message =>
  message`No --weights: the means of the unit features of ${classes} classes stand for class vectors.`;

/**
 * Samples in the order of the rows, read as they are asked for. skipped,
 * warnings and ofFeatures are final after the last block.
 */
export interface Samples {
  readonly questions: Questions;
  readonly classes: number;
  /** Components of the class vectors of a class; 0 where they are not known. */
  readonly components: number;
  /** Do samples have a norm? */
  readonly norms: boolean;
  readonly className: (index: number) => string | number;
  /** The order of classes of the same figures, where it is not that of their numbers. */
  readonly order?: (i: number, j: number) => number;
  readonly identity?: () => ClassIdentity;
  /** Records one after another, valid until the next block is asked for. */
  readonly blocks: AsyncIterable<Float64Array>;
  /** How much there is to read (0: unknown), and how much has been read, in the same unit. */
  readonly total: number;
  readonly done: () => number;
  readonly skipped: () => number;
  /** What labels that number the classes are called, and whether --first-label can say from where they count. */
  readonly labels?: { readonly name: string; readonly canStart: boolean } | undefined;
  /** Are the class vectors the means of these samples? */
  readonly areMeans?: boolean;
  /** What the report says of where the angles come from. */
  readonly notes?: readonly Message[];
  readonly warnings: () => readonly Message[];
  readonly ofFeatures: () => FeatureFigures;
  /** Of each table of samples that were measured before, the sums of the mean losses from rounded cosines. */
  readonly roundedLosses?: readonly (readonly (readonly bigint[])[])[];
  /** The fingerprint of the class sums that were read for them. */
  readonly sumsRead?: string | undefined;
  readonly newSums?: NewSums | undefined;
}
