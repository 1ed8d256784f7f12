import { requireMargin } from "../core/psi.ts";
import { asoftmax, naive } from "../core/target-functions.ts";
import { makeTarget, requireLambda, type Target, targetDefinitions } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import { type Input, isColumn } from "../rows/computation.ts";
import type { Reader } from "../rows/header.ts";
import { STANDARD_MARGIN } from "./inputs.ts";
import { options, orColumn, type Values, type ValuesOf } from "./options.ts";

/** The options for target functions: their specs, or m and lambda of A-Softmax, which may come from columns. */
export const functionOptions = {
  functions: options.functions,
  m: orColumn(options.m),
  lambda: orColumn(options.lambda),
};
type Chosen = ValuesOf<typeof functionOptions>;
type OneOrMore = number | readonly number[] | undefined;
type FunctionValues = Values<"functions"> & { readonly m?: OneOrMore; readonly lambda?: OneOrMore };

function refuseBoth(functions: unknown, m: unknown, lambda: unknown): void {
  if (functions === undefined || (m === undefined && lambda === undefined)) return;
  throw new UsageError("--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other");
}

/**
 * The target functions of --functions, or of every --m with every --lambda,
 * which are short for asoftmax; else undefined.
 */
export function chosenFunctions({ functions, m, lambda }: FunctionValues): readonly Target[] | undefined {
  refuseBoth(functions, m, lambda);
  if (m === undefined && lambda === undefined) return functions;
  return [m ?? STANDARD_MARGIN].flat().flatMap((m) => [lambda ?? 0].flat().map((lambda) => asoftmax({ m, lambda })));
}

/** Target functions as an input of a row computation: chosen as above, or A-Softmax with m and lambda of each row. */
export function functionInput(values: Chosen, standard = (): readonly Target[] => [asoftmax()]): Input<Target> {
  const { functions, m, lambda } = values;
  if (!isColumn(m) && !isColumn(lambda)) {
    const source = chosenFunctions({ ...values, m, lambda }) ?? standard();
    return { column: { name: "function", kind: "bytes" }, cell: ({ spec }) => spec, source };
  }
  refuseBoth(functions, m, lambda);
  for (const [flag, list] of Object.entries({ m, lambda }))
    if (Array.isArray(list) && list.length > 1)
      throw new UsageError(`--${flag}: one value goes with a @column in the other of --m and --lambda`);
  return {
    source: (header) => {
      const readM = isColumn(m) ? header.number(m.column, requireMargin) : fixed(m?.[0]);
      const readLambda = isColumn(lambda) ? header.number(lambda.column, requireLambda) : fixed(lambda?.[0]);
      return (batch, faults) => {
        const [margins, lambdas] = [readM(batch, faults), readLambda(batch, faults)];
        return { at: (row) => asoftmax({ m: margins.at(row), lambda: lambdas.at(row) }) };
      };
    },
  };
}

/** Reads the same value from every row. */
export const fixed =
  <T>(value: T): Reader<T> =>
  () => ({ at: () => value });

/** Every target function, at its defaults. */
export const everyFunction = (): readonly Target[] => targetDefinitions.map((definition) => makeTarget(definition));

/** The functions of a picture without --functions: psi, and the cos(m theta) that it replaces. */
export const pictureFunctions = (): readonly Target[] => [asoftmax(), naive()];
