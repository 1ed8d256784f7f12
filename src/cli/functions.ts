import { requireMargin } from "../core/psi.ts";
import { makeTarget, requireLambda, type Target, target, targetDefinitions } from "../core/targets.ts";
import { UsageError } from "./errors.ts";
import { STANDARD_MARGIN } from "./inputs.ts";
import { options, orColumn } from "./options.ts";
import { type ColumnSource, isColumn } from "./parse.ts";
import type { Input } from "./rows.ts";

/** What names target functions. */
interface Choice<Extra = never> {
  readonly functions?: readonly Target[] | undefined;
  readonly m?: readonly number[] | Extra | undefined;
  readonly lambda?: number | Extra | undefined;
}

const asoftmax = (m = STANDARD_MARGIN, lambda = 0): Target => target("asoftmax", { m, lambda })!;

function refuseBoth({ functions, m, lambda }: Choice<ColumnSource>): void {
  if (functions === undefined || (m === undefined && lambda === undefined)) return;
  throw new UsageError("--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other");
}

/** The target functions of --functions, or of --m and --lambda which are short for asoftmax; else undefined. */
export function chosenFunctions({ functions, m, lambda }: Choice): readonly Target[] | undefined {
  refuseBoth({ functions, m, lambda });
  if (m === undefined && lambda === undefined) return functions;
  return (m ?? [STANDARD_MARGIN]).map((value) => asoftmax(value, lambda));
}

/** What names target functions, or gives A-Softmax its m and lambda row by row. */
export const functionOptions = {
  functions: options.functions,
  m: orColumn(options.m),
  lambda: orColumn(options.lambda),
};

/** Target functions as an input of a row computation: chosen as above, or A-Softmax with m and lambda of each row. */
export function functionInput(
  { functions, m, lambda }: Choice<ColumnSource>,
  standard: () => readonly Target[],
): Input<Target> {
  if (!isColumn(m) && !isColumn(lambda)) {
    const source = chosenFunctions({ functions, m, lambda }) ?? standard();
    return { column: { name: "function" }, cell: ({ spec }) => spec, source };
  }
  refuseBoth({ functions, m, lambda });
  if (!isColumn(m) && m !== undefined && m.length > 1)
    throw new UsageError("--m: one margin goes with a lambda from a column");
  return {
    source: (header) => {
      const readM = isColumn(m) ? header.number(m.column, requireMargin) : () => m?.[0];
      const readLambda = isColumn(lambda) ? header.number(lambda.column, requireLambda) : () => lambda;
      return (record) => asoftmax(readM(record), readLambda(record));
    },
  };
}

/** Every target function, at its defaults. */
export const everyFunction = (): readonly Target[] => targetDefinitions.map((definition) => makeTarget(definition));

/** What a picture shows when no function is named: psi and what it replaces. */
export const pictureFunctions = (): readonly Target[] => [target("asoftmax")!, target("naive")!];
