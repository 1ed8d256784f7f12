import { requireMargin } from "../core/psi.ts";
import { makeTarget, requireLambda, type Target, target, targetDefinitions } from "../core/targets.ts";
import { UsageError } from "./errors.ts";
import { STANDARD_MARGIN } from "./inputs.ts";
import type { Values } from "./options.ts";
import { isColumn } from "./parse.ts";
import type { Input } from "./rows.ts";

const asoftmax = (m: number, lambda: number): Target => target("asoftmax", { m, lambda })!;

/** What names target functions; an absent one may be undefined. */
type Choice = { readonly [P in "functions" | "m" | "lambda"]?: Values<P>[P] | undefined };

function refuseBoth(values: { functions?: unknown; m?: unknown; lambda?: unknown }): void {
  if (values.functions === undefined || (values.m === undefined && values.lambda === undefined)) return;
  throw new UsageError("--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other");
}

/** The target functions of --functions, or of --m and --lambda which are short for asoftmax; else undefined. */
export function chosenFunctions(values: Choice): readonly Target[] | undefined {
  refuseBoth(values);
  const { functions, m, lambda } = values;
  if (functions !== undefined || (m === undefined && lambda === undefined)) return functions;
  return (m ?? [STANDARD_MARGIN]).map((value) => asoftmax(value, lambda ?? 0));
}

/** Target functions as an input of a row computation: chosen as above, or A-Softmax with m and lambda of each row. */
export function functionInput(
  values: Values<"functions" | "mOrColumn" | "lambdaOrColumn">,
  standard: () => readonly Target[],
): Input<Target> {
  const { functions, mOrColumn: m, lambdaOrColumn: lambda } = values;
  if (!isColumn(m) && !isColumn(lambda)) {
    const source = chosenFunctions({ functions, m, lambda }) ?? standard();
    return { column: { name: "function" }, cell: ({ spec }) => spec, source };
  }
  refuseBoth({ functions, m, lambda });
  if (m !== undefined && !isColumn(m) && m.length > 1)
    throw new UsageError("--m: one margin goes with a lambda from a column");
  return {
    source: (header) => {
      const readM = isColumn(m) ? header.number(m.column, requireMargin) : () => m?.[0] ?? STANDARD_MARGIN;
      const readLambda = isColumn(lambda) ? header.number(lambda.column, requireLambda) : () => lambda ?? 0;
      return (record) => asoftmax(readM(record), readLambda(record));
    },
  };
}

/** Every target function, at its defaults. */
export const everyFunction = (): readonly Target[] => targetDefinitions.map((definition) => makeTarget(definition));

/** What a picture shows when no function is named: psi and what it replaces. */
export const pictureFunctions = (): readonly Target[] => [target("asoftmax")!, target("naive")!];
