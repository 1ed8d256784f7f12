import type { Command } from "./command.ts";

type Load = () => Promise<{ default: Command }>;

/** By group of the help: each command, what it gives, and how it is loaded. */
const groups: Readonly<Record<string, Readonly<Record<string, readonly [gives: string, load: Load]>>>> = {
  "One angle": {
    psi: ["k, psi and its slopes, beside cos(m theta) and cos(theta)", () => import("./commands/psi.ts")],
    inverse: ["the angle of a value of psi, of any target, or of the loss", () => import("./commands/inverse.ts")],
    margin: ["the three margin conditions against competing angles", () => import("./commands/margin.ts")],
    loss: ["loss, probability and exact gradients of one sample", () => import("./commands/loss.ts")],
    compare: ["several target functions side by side at given angles", () => import("./commands/compare.ts")],
  },
  "The function": {
    plot: ["target functions over theta, drawn", () => import("./commands/plot.ts")],
    monotonicity: ["where a target function falls, rises, is flat, jumps", () => import("./commands/monotonicity.ts")],
    violations: ["the angles where naive holds and angular does not", () => import("./commands/violations.ts")],
  },
  Training: {
    boundary: ["the decision boundary of two classes; the effective m", () => import("./commands/boundary.ts")],
    scale: ["the scale that a number of classes needs", () => import("./commands/scale.ts")],
    equivalent: ["the m of another function, same boundary", () => import("./commands/equivalent.ts")],
    bounds: ["the paper's Properties 2 and 3 with every term", () => import("./commands/bounds.ts")],
    anneal: ["the lambda schedule and the effective m along it", () => import("./commands/anneal.ts")],
    descend: ["gradient descent on theta_y: where it ends, where it stalls", () => import("./commands/descend.ts")],
    claims: ["every claim about A-Softmax, tested by computation", () => import("./commands/claims.ts")],
  },
  "Your data": {
    audit: ["your values against the true ones, and the mistake in them", () => import("./commands/audit.ts")],
    measure: ["the margin that a set of embeddings reached", () => import("./commands/measure.ts")],
    example: ["a small data file to try audit and measure on", () => import("./commands/example.ts")],
  },
  Elsewhere: {
    sql: ["the same formulas as SQL, to run where the data is", () => import("./commands/sql.ts")],
    explore: ["a full screen: keys move theta, m and lambda", () => import("./commands/explore.ts")],
    completion: ["shell completion for bash, zsh and fish", () => import("./commands/completion.ts")],
  },
};

/** The pages of help that are not about one command. */
export const pages = {
  columns: "what output columns mean, of all commands or of one",
  functions: "the target functions with their defaults",
} as const;

/** Every command by its name. */
export const commands: Readonly<Record<string, { group: string; gives: string; load: Load }>> = Object.fromEntries(
  Object.entries(groups).flatMap(([group, members]) =>
    Object.entries(members).map(([name, [gives, load]]) => [name, { group, gives, load }]),
  ),
);
