import type { Figures } from "./statistics.ts";

type FigureTerm = readonly [name: string, meaning: string, heading?: string];

/**
 * Every figure of a margin report: its name in the rows, in which words in capitals stand for what varies, what it
 * means, and what the report page calls it, for those that the page shows.
 */
// biome-ignore format: a table
export const figureTerms: readonly FigureTerm[] = [
  ["samples", "how many samples there are"],
  ["classes", "how many classes there are"],
  ["correct", "samples with theta_y smaller than min_theta_j: the nearest class vector is that of the own class", "correct, right class"],
  ["accuracy", "correct / samples, from 0 to 1", "accuracy"],
  ["accuracy_interval.END", "the 95 % confidence interval of the accuracy (Wilson): its ends lo and hi"],
  ["by_m.M.naive", "samples with cos(m theta_y) > cos(theta_j) for every other class j", "naive"],
  ["by_m.M.angular", "samples with m theta_y < theta_j for every other class j: what the margin asks for", "angular"],
  ["by_m.M.psi", "samples with psi(theta_y) > cos(theta_j) for every other class j, where psi(theta) = (-1)^k cos(m theta) - 2k for theta in [k pi/m, (k+1) pi/m]: the same samples as angular", "psi"],
  ["by_m.M.false_pass", "samples that meet the naive condition and not the angular one", "false pass"],
  ["by_m.M.pairs", "pairs of a sample and another class"],
  ["by_m.M.pair_naive", "pairs that meet the naive condition", "naive pairs"],
  ["by_m.M.pair_angular", "pairs that meet the angular condition", "angular pairs"],
  ["by_m.M.pair_false_pass", "pairs that meet the naive condition and not the angular one"],
  ["by_m.M.beyond_first_segment", "samples with theta_y beyond pi/m, where cos(m theta) no longer falls with theta", "beyond pi/m"],
  ["by_m.M.segments.K", "samples with theta_y in segment K of psi, [K pi/m, (K+1) pi/m]"],
  ["by_m.M.CONDITION_interval.END", "the 95 % confidence interval of the share of samples that CONDITION (naive, angular, psi, false_pass) counts"],
  ["by_function.FUNCTION.holds", "samples that keep the function's own margin: its value at theta_y > cos(theta_j) for every other class j (sphereface-r2: cos(theta_j/m)); sides closer than 1e-30 count as equal", "holds"],
  ["by_function.FUNCTION.share", "holds / samples, from 0 to 1", "share"],
  ["by_function.FUNCTION.share_interval.END", "the 95 % confidence interval of that share", "interval"],
  ["quantiles.NAME.LEVEL", "the value of NAME at or below which this share of the samples lies, linear between neighbours; above a million samples to within 2^-14 of the value", "quantile"],
  ["mean.NAME", "the mean of NAME over samples", "mean"],
  ["mean_loss.FUNCTION.SCALE", "the mean over samples of -log softmax with the function's value at theta_y for the own class and cos(theta_j) for the others (sphereface-r2: cos(theta_j/m)), all times the scale (norm: the length of the feature); from many vectors the cosines are those of components rounded to 16 bits, and only digits that this cannot have changed are given (if none, the first one; NaN if the loss may be 0)", "mean loss"],
  ["fisher_score", "the sum over samples of 1 - cos(angle to the mean of their class), over the sum over samples of 1 - cos(angle between that mean and the mean of all), means being of features of length 1; small where classes are tight and far apart; with features only", "angular Fisher score"],
  ["class_angles.w_ec", "the mean over classes of the angle between the class vector and the mean of the unit features of the class, its centre (W-EC in ArcFace's table of angle statistics); class_angles with features only", "w_ec"],
  ["class_angles.w_inter", "the mean over classes of the angle from the class vector to the nearest other class vector", "w_inter"],
  ["class_angles.intra", "the mean over samples of the angle to the centre of their class", "intra"],
  ["class_angles.inter", "the mean over classes of the angle from the centre to the nearest other centre", "inter"],
  ["class_angles.left_out", "classes without a centre, as they have no samples or the sum of their unit features is 0: they count in none of these means", "left out"],
  ["worst_classes.CLASS.samples", "samples of this class, one of those of the lowest accuracy"],
  ["worst_classes.CLASS.correct", "how many of them are correct"],
  ["worst_classes.CLASS.accuracy", "the share of them that is correct: the lowest accuracies are the worst classes", "worst classes"],
  ["worst_classes.CLASS.taken_for.CLASS.samples", "samples of the first class that are not correct and lie nearest to the second", "taken for"],
  ["skipped_rows", "rows that were left out because they are bad"],
];

/** Every figure that is known of one sample: NAME above. */
// biome-ignore format: a table
export const sampleTerms: readonly FigureTerm[] = [
  ["theta_y", "the angle between a sample and the vector of its own class, in radians", "theta_y"],
  ["min_theta_j", "the smallest angle between a sample and the vector of any other class, in radians", "min_theta_j"],
  ["effective_margin", "min_theta_j / theta_y: the sample meets the angular condition for every m below it; correct means above 1", "effective_margin"],
  ["angle_gap", "min_theta_j - theta_y, in radians", "angle_gap"],
  ["feature_norm", "the length of the feature vector; with features only", "feature_norm"],
];

/** How each figure on the page of a report is defined, for whoever reads it without the program. */
export function reportTerms(figures: Figures, degrees: boolean): [string, string][] {
  const { mean, worst_classes } = figures;
  /** What the report has, by the first part of the names of figures. */
  const known: Readonly<Record<string, unknown>> = { ...mean, ...figures, worst_classes: worst_classes[0] };
  return [...sampleTerms, ...figureTerms].flatMap(([name, meaning, heading]) =>
    heading !== undefined && known[name.split(".")[0]!] !== undefined
      ? [[heading, `${degrees ? meaning.replace("in radians", "in degrees") : meaning}.`]]
      : [],
  );
}
