import { type Target, target } from "../core/targets.ts";
import { UsageError } from "./errors.ts";
import { STANDARD_MARGIN } from "./inputs.ts";
import type { Values } from "./options.ts";

/** The target functions of --functions, or of --m and --lambda which are short for asoftmax; else undefined. */
export function chosenFunctions({
  functions,
  m,
  lambda,
}: Values<"functions" | "m" | "lambda">): readonly Target[] | undefined {
  if (functions !== undefined) {
    if (m !== undefined || lambda !== undefined)
      throw new UsageError("--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other");
    return functions;
  }
  if (m === undefined && lambda === undefined) return undefined;
  return (m ?? [STANDARD_MARGIN]).map(
    (value) => target("asoftmax", { m: value, ...(lambda === undefined ? {} : { lambda }) })!,
  );
}

/** What a picture shows when no function is named: psi and what it replaces. */
export const pictureFunctions = (): readonly Target[] => [target("asoftmax")!, target("naive")!];
