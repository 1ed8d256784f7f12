import type { Command } from "./command.ts";

type Load = () => Promise<{ default: Command }>;

/** Every command: its group in the help, what it gives, and where it is. Each loads only what it needs. */
export const commands: Readonly<Record<string, readonly [group: string, gives: string, load: Load]>> = {
  psi: ["One angle", "k, psi and its slopes, beside cos(m theta) and cos(theta)", () => import("./commands/psi.ts")],
  inverse: ["One angle", "the angle at which psi has a value", () => import("./commands/inverse.ts")],
  margin: [
    "One angle",
    "the three margin conditions against competing angles, and the room left",
    () => import("./commands/margin.ts"),
  ],
  loss: ["One angle", "loss, probability and exact gradients of one sample", () => import("./commands/loss.ts")],
  compare: [
    "One angle",
    "several target functions side by side at given angles",
    () => import("./commands/compare.ts"),
  ],
  plot: ["The function", "target functions over theta, drawn", () => import("./commands/plot.ts")],
  monotonicity: [
    "The function",
    "where a target function falls, rises, is flat or jumps",
    () => import("./commands/monotonicity.ts"),
  ],
  violations: [
    "The function",
    "where cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not",
    () => import("./commands/violations.ts"),
  ],
  boundary: [
    "Training",
    "the decision boundary between two class vectors; the m that lambda leaves",
    () => import("./commands/boundary.ts"),
  ],
  bounds: ["Training", "the paper's Properties 2 and 3 with every term", () => import("./commands/bounds.ts")],
  anneal: ["Training", "the lambda schedule and the effective m along it", () => import("./commands/anneal.ts")],
  descend: [
    "Training",
    "gradient descent on theta_y: where it ends, where it stalls",
    () => import("./commands/descend.ts"),
  ],
  audit: [
    "Your data",
    "a table of your implementation's values against the true ones, and the mistake that explains it",
    () => import("./commands/audit.ts"),
  ],
  claims: ["Training", "every claim about A-Softmax, tested by computation", () => import("./commands/claims.ts")],
  measure: ["Your data", "the margin that a set of embeddings reached", () => import("./commands/measure.ts")],
  sql: ["Elsewhere", "the same formulas as SQL, to run where the data is", () => import("./commands/sql.ts")],
  explore: [
    "Elsewhere",
    "move theta, m and lambda with the keys and watch everything change",
    () => import("./commands/explore.ts"),
  ],
  completion: ["Elsewhere", "shell completion for bash, zsh and fish", () => import("./commands/completion.ts")],
};
