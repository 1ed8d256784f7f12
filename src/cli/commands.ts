import type { Command } from "./command.ts";

/** Every command: its group in the help, and what it gives. */
export const commands: Readonly<Record<string, readonly [group: string, gives: string]>> = {
  psi: ["One angle", "k, psi and its slopes, beside cos(m theta) and cos(theta)"],
  inverse: ["One angle", "the angle at which psi has a value"],
  margin: ["One angle", "the three margin conditions against competing angles, and the room left"],
  loss: ["One angle", "loss, probability and exact gradients of one sample"],
  compare: ["One angle", "several target functions side by side at given angles"],
  plot: ["The function", "target functions over theta, drawn"],
  monotonicity: ["The function", "where a target function falls, rises, is flat or jumps"],
  violations: ["The function", "where cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not"],
  boundary: ["Training", "the decision boundary between two class vectors; the m that lambda leaves"],
  bounds: ["Training", "the paper's Properties 2 and 3 with every term"],
  anneal: ["Training", "the lambda schedule and the effective m along it"],
  descend: ["Training", "gradient descent on theta_y: where it ends, where it stalls"],
  audit: [
    "Your data",
    "a table of your implementation's values against the true ones, and the mistake that explains it",
  ],
  claims: ["Training", "every claim about A-Softmax, tested by computation"],
  measure: ["Your data", "the margin that a set of embeddings reached"],
  sql: ["Elsewhere", "the same formulas as SQL, to run where the data is"],
  explore: ["Elsewhere", "move theta, m and lambda with the keys and watch everything change"],
  completion: ["Elsewhere", "shell completion for bash, zsh and fish"],
};

/** The command of that name, which is its file's. Each loads only what it needs. */
export async function load(name: string): Promise<Command> {
  return (await import(`./commands/${name}.ts`)).default;
}

/** The word with which the scripts of `completion` ask what can stand where the cursor is. */
export const COMPLETE = "__complete";
