import type { Figures } from "./statistics.ts";

type Term = readonly [term: string, meaning: string];

/** How each figure of a margin report is defined, for whoever reads it without the program. */
export function reportTerms({ mean, fisher_score, worst_classes }: Figures, degrees: boolean): Term[] {
  const unit = degrees ? "degrees" : "radians";
  const terms: (Term | false)[] = [
    ["theta_y", `the angle between a sample and the vector of its own class, in ${unit}.`],
    ["min_theta_j", `the smallest angle between a sample and the vector of any other class, in ${unit}.`],
    ["right class, correct", "theta_y is smaller than min_theta_j; accuracy is the share of such samples."],
    ["naive", "samples with cos(m theta_y) > cos(theta_j) for every other class j."],
    ["angular", "samples with m theta_y < theta_j for every other class j: what the margin asks for."],
    [
      "psi",
      "samples with psi(theta_y) > cos(theta_j) for every other class j, where psi(theta) = (-1)^k cos(m theta) - 2k for theta in [k pi/m, (k+1) pi/m]: the same samples as angular.",
    ],
    ["false pass", "samples that meet the naive condition and not the angular one."],
    ["beyond pi/m", "samples with theta_y beyond pi/m, where cos(m theta) has come round again."],
    ["naive pairs, angular pairs", "the same conditions, counted over all pairs of a sample and another class."],
    [
      "effective_margin",
      "min_theta_j / theta_y: the sample meets the angular condition for every m below it; correct means above 1.",
    ],
    ["angle_gap", `min_theta_j - theta_y, in ${unit}.`],
    mean.feature_norm !== undefined && ["feature_norm", "the length of the feature vector."],
    [
      "quantile",
      "this share of the samples lies at or below, linear between neighbours; above a million samples to within 2^-14 of the value.",
    ],
    [
      "mean loss",
      "the mean over samples of -log softmax with the function's value at theta_y for the own class and cos(theta_j) for the others (sphereface-r2: cos(theta_j/m)), all times the scale (norm: the length of the feature)." +
        (fisher_score === undefined
          ? ""
          : " From vectors the cosines are rounded to 16 bits a component, and only digits that this cannot have changed are given (if none, the first one; NaN if the loss may be 0)."),
    ],
    fisher_score !== undefined && [
      "angular Fisher score",
      "the sum over samples of 1 - cos(angle to the mean of their class), over the sum over samples of 1 - cos(angle between that mean and the mean of all), means being of features of length 1; small where classes are tight and far apart.",
    ],
    worst_classes.length > 0 && [
      "worst classes",
      "those of the lowest accuracy; taken for: the classes nearest to the samples that are not correct, with how many.",
    ],
  ];
  return terms.filter((term) => term !== false);
}
