import { requireMargin } from "../core/psi.ts";
import { asoftmax, naive } from "../core/target-functions.ts";
import { makeTarget, requireLambda, type Target, targetDefinitions } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import type { Input } from "../rows/rows.ts";
import { isColumn } from "../rows/rows.ts";
import { STANDARD_MARGIN } from "./inputs.ts";
import { options, orColumn, type Values, type ValuesOf } from "./options.ts";

/** What names target functions, or gives A-Softmax its m and lambda row by row. */
export const functionOptions = {
  functions: options.functions,
  m: orColumn(options.m),
  lambda: orColumn(options.lambda),
};
type Chosen = ValuesOf<typeof functionOptions>;
type Given = Values<"functions" | "m" | "lambda">;

function refuseBoth({ functions, m, lambda }: Chosen): void {
  if (functions === undefined || (m === undefined && lambda === undefined)) return;
  throw new UsageError("--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other");
}

/** The target functions of --functions, or of --m and --lambda which are short for asoftmax; else undefined. */
export function chosenFunctions(values: Given): readonly Target[] | undefined {
  refuseBoth(values);
  const { functions, m, lambda } = values;
  if (m === undefined && lambda === undefined) return functions;
  return (m ?? [STANDARD_MARGIN]).map((value) => asoftmax({ m: value, lambda }));
}

const isGiven = (values: Chosen): values is Given => !isColumn(values.m) && !isColumn(values.lambda);

/** Target functions as an input of a row computation: chosen as above, or A-Softmax with m and lambda of each row. */
export function functionInput(values: Chosen, standard: () => readonly Target[]): Input<Target> {
  if (isGiven(values)) {
    const source = chosenFunctions(values) ?? standard();
    return { column: { name: "function" }, cell: ({ spec }) => spec, source };
  }
  refuseBoth(values);
  const { m, lambda } = values;
  if (!isColumn(m) && m !== undefined && m.length > 1)
    throw new UsageError("--m: one margin goes with a lambda from a column");
  return {
    source: (header) => {
      const readM = isColumn(m) ? header.number(m.column, requireMargin) : () => m?.[0];
      const readLambda = isColumn(lambda) ? header.number(lambda.column, requireLambda) : () => lambda;
      return (record) => asoftmax({ m: readM(record), lambda: readLambda(record) });
    },
  };
}

/** Every target function, at its defaults. */
export const everyFunction = (): readonly Target[] => targetDefinitions.map((definition) => makeTarget(definition));

/** What a picture shows when no function is named: psi and what it replaces. */
export const pictureFunctions = (): readonly Target[] => [asoftmax(), naive()];
