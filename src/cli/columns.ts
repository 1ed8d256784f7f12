import { figureTerms, sampleTerms } from "../measure/report-terms.ts";

type Meanings = Readonly<Record<string, string>>;

/** What names mean that several commands have. */
const shared: Meanings = {
  m: "the margin m, from 1 to 2^20",
  theta: "the angle theta, in radians",
  theta_y: "the target angle, between the feature and the vector of its own class, in radians",
  theta_j: "the competing angle, between the feature and the vector of another class, in radians",
  theta_12: "the angle between the two class vectors, in radians",
  k: "the segment of psi in which theta lies, [k pi/m, (k+1) pi/m], from 0",
  function: "the target function, with every parameter",
  scale: "the scale by which every logit is multiplied",
  competitors: "how many competing angles the sample has",
  index: "which of the angles, in order, from 1; empty where there is none",
  classes: "the number of classes, the own one among them",
  to: "the function whose parameter is looked for, with its lambda",
};
const pick = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, shared[name]!]));
const meaningsOf = (terms: typeof figureTerms) => Object.fromEntries(terms.map(([name, meaning]) => [name, meaning]));

/**
 * What every output column means, with its unit: by the command, with the option
 * that gives them where not all of its rows have them.
 */
// biome-ignore format: a table
export const columnTexts: Readonly<Record<string, Meanings>> = {
  psi: {
    ...pick("m theta k"),
    psi: "psi(theta) = (-1)^k cos(m theta) - 2k",
    dpsi_dtheta: "the slope of psi by theta, -m |sin(m theta)|, per radian",
    dpsi_dcos: "the slope of psi by cos(theta), m |sin(m theta)| / sin(theta); m^2 at theta = 0",
    cos_m_theta: "cos(m theta), the naive target",
    cos_theta: "cos(theta)",
  },
  inverse: { m: shared.m!, psi: "the value of psi that was asked for", theta: "the angle at which psi has that value, in radians", k: shared.k! },
  "inverse --value": {
    function: shared.function!, value: "the value of the function that was asked for", index: shared.index!,
    theta: "an angle at which the function has that value, or the first of a flat stretch, in radians",
    to: "the end of the flat stretch, else theta, in radians",
  },
  "inverse --loss": {
    ...pick("function scale classes theta_j"), loss: "the loss that was asked for", index: shared.index!,
    theta: "an angle theta_y at which the sample has that loss, or the first of a stretch, in radians",
  },
  margin: {
    ...pick("m theta_y competitors"),
    naive: "whether cos(m theta_y) > cos(theta_j) for every competing angle",
    angular: "whether m theta_y < theta_j for every competing angle",
    psi: "whether psi(theta_y) > cos(theta_j) for every competing angle: a condition here, not the value of psi",
    false_pass: "whether naive holds and angular does not",
    binding: "the nearest competitor, the one with the smallest angle (the first of equals): its place in the list, from 1, or its class",
    min_theta_j: "the smallest competing angle, in radians",
    effective_margin: "min_theta_j / theta_y, the m below which angular holds; 1 where both angles are the same",
    margin_gap: "min_theta_j - m theta_y, in radians; positive exactly where angular holds",
    cosine_gap: "psi(theta_y) - cos(min_theta_j), a difference of cosines without a unit; positive exactly where psi holds",
  },
  "margin --each": {
    ...pick("m theta_y"),
    j: "the competitor: its place in the list, from 1, or its class",
    theta_j: shared.theta_j!,
    cos_m_theta_y: "cos(m theta_y)",
    psi_theta_y: "psi(theta_y)",
    cos_theta_j: "cos(theta_j)",
    naive: "whether cos(m theta_y) > cos(theta_j)",
    angular: "whether m theta_y < theta_j",
    psi: "whether psi(theta_y) > cos(theta_j)",
  },
  loss: {
    ...pick("function scale theta_y competitors"),
    logit_y: "the target logit: the scale times the value of the function at theta_y",
    loss: "-log(probability), the natural logarithm",
    probability: "the softmax probability of the own class, from 0 to 1",
    dloss_dtheta_y: "the slope of the loss by theta_y, per radian",
    dloss_dcos_y: "the slope of the loss by cos(theta_y)",
    dloss_dscale: "the slope of the loss by the scale",
    dloss_dtheta_j: "the slope of the loss by each competing angle, per radian: a list with ; between, in json an array; with --classes that of one competitor",
  },
  compare: {
    ...pick("function theta"),
    value: "the value of the function at theta",
    dvalue_dtheta: "its slope by theta, per radian",
    dvalue_dcos: "its slope by cos(theta); at 0 the limit, which can be infinite",
  },
  plot: { ...pick("function theta"), value: "the value of the function at theta; with --quantity slope its slope, per radian; with --quantity theta_j the angle in radians that theta_j must exceed for target(theta_y) > cos(theta_j), empty where no angle does" },
  monotonicity: {
    function: shared.function!,
    from: "where the stretch begins, in radians",
    to: "where it ends, in radians; of a jump the same angle",
    direction: "falling, rising, flat, jump-up or jump-down",
    change: "the value at its end minus the value at its beginning",
  },
  violations: {
    ...pick("m theta_j"),
    index: "the number of the interval, from 1, in the order of angles",
    lo: "its lower end, which does not belong to it, in radians",
    hi: "its upper end, in radians",
    hi_closed: "whether the upper end belongs to it: only where the end is pi",
    length: "hi - lo, in radians",
  },
  "violations --summary": {
    ...pick("m theta_j"),
    count: "how many intervals there are",
    total_length: "the sum of their lengths, in radians",
    share: "their share of [0, pi], from 0 to 1",
  },
  boundary: {
    ...pick("function theta_12"),
    theta_1: "the angle from the vector of the own class to the boundary, where the function's value is cos(theta_2), in radians",
    theta_2: "theta_12 - theta_1, the angle from the boundary to the vector of the other class, in radians",
    effective_m: "theta_2 / theta_1, the m that the function reaches between these two classes",
    angular_margin: "theta_2 - theta_1, in radians",
    count: "how many boundaries there are; tables leave it out",
  },
  scale: {
    ...pick("function classes"), probability: "the probability of the own class that is asked for", ...pick("theta_y theta_j"),
    scale: "the smallest scale that gives this probability; empty where none up to 1e100 does",
    loss_at_start: "the loss with that scale where theta_y and every theta_j are pi/2",
  },
  equivalent: {
    ...pick("function to theta_12"),
    m: "the smallest parameter with which the other function has the same boundary; empty where there is none",
    effective_m: "theta_2 / theta_1 on the boundary (see boundary)",
    angular_margin: "theta_2 - theta_1 on the boundary, in radians",
  },
  "equivalent --at": {
    ...pick("function to"), at: "the angle at which both have one value, in radians", value: "the value of the first function there",
    m: "the smallest parameter with which the other function has it too; empty where there is none",
  },
  bounds: {
    ...pick("m theta_12"),
    max_intra: "the largest angle between two samples of one class, of two classes, in radians",
    min_inter: "the smallest angle between samples of two classes, in radians",
    holds_binary: "Property 2, for two classes: whether max_intra <= min_inter",
    holds_multi: "Property 3, for many evenly spaced classes: whether 2 theta_12/(m+1) <= (m-1) theta_12/(m+1)",
    m_min_binary: "the smallest m with which Property 2 holds for every theta_12, 2 + sqrt(3); tables leave it out",
    m_min_multi: "the smallest m with which Property 3 holds, 3; tables leave it out",
  },
  anneal: {
    iteration: "the iteration of training, from 0",
    lambda: "lambda at that iteration: the weight of cos(theta), where that of psi is 1",
    psi_weight: "1/(1 + lambda), the weight of psi in the target",
    effective_m: "theta_2 / theta_1 on the decision boundary with that lambda (see boundary)",
  },
  descend: {
    function: `${shared.function!}; a schedule's lambda is not part of it`,
    step: "how many steps have been taken",
    theta: "the target angle theta_y after them, in radians",
    value: "the loss there",
    gradient: "the slope of the loss by theta_y there, per radian",
  },
  "descend --minima": {
    function: shared.function!,
    kind: "minimum (at 0, or where m theta_y < theta_j), false minimum (elsewhere), half-stable (a flat angle, no minimum, at which descent from above stops) or flat (a stretch)",
    theta: "the target angle theta_y at which a descent can rest, in radians",
    to: "where a flat stretch ends; for the others theta, in radians",
    value: "the loss at theta",
  },
  claims: {
    id: "the name of the claim, which does not change; tables leave it out",
    claim: "the claim in words",
    expected: "whether the claim should hold; tables leave it out",
    holds: "whether it holds, as computed",
    evidence: "what was computed, and what came out; in tables its beginning",
  },
  audit: {
    function: "the target function that the table is compared with",
    rows: "how many rows the table has",
    max_abs_error: "the largest |value - true value|",
    max_ulp_error: "the largest |value - true value|, in ulp of max(|true value|, 1) in the type that --dtype names",
    first_bad_theta: "the angle of the first row that fails, in value or gradient, in radians; empty where none does",
    passes: "whether every row is right to within rounding",
    diagnosis:
      "the known mistake that explains every row, or what is wrong; then which other functions the table cannot tell from this one",
  },
  measure: { measure: "the name of a figure, as listed next", value: "its value: a count, a share from 0 to 1, or in the unit of the figure" },
  "measure: the figures": meaningsOf(figureTerms),
  "measure --per-sample": {
    row: "the line of the sample in the file (Parquet: its row, from 1; with --features: its row, from 0)",
    label: "its class",
    nearest: "the other class at the smallest angle",
    ...meaningsOf(sampleTerms),
    naive_M: "whether cos(m theta_y) > cos(theta_j) for every other class, at m = M",
    angular_M: "whether m theta_y < theta_j for every other class, at m = M",
    segment_M: "the segment of psi in which theta_y lies, from 0, at m = M",
    competitors: "how many other classes there are",
    naive_pairs_M: "how many of them meet the naive condition, at m = M",
    psi_M: "whether psi(theta_y) > cos(theta_j) for every other class, at m = M",
    holds_FUNCTION: "whether the sample keeps the function's own margin",
    loss_FUNCTION_SCALE: "the loss with the function at the scale",
  },
  sql: { sql: "the statement (in csv and tables the text alone)" },
  completion: { script: "the script (in csv and tables the text alone)" },
};
