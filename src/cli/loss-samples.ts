import type { LossSample } from "../audit/loss-program.ts";
import { fromBytes } from "../data/bytes.ts";
import { UsageError } from "../data/errors.ts";
import { type ColumnSource, type Input, isColumn } from "../rows/computation.ts";
import { fileValues } from "../rows/file-rows.ts";
import { classPattern, type Header, type Reader } from "../rows/header.ts";
import type { Competitors } from "../rows/sample-columns.ts";
import { fixed } from "./functions.ts";
import { scaleInput } from "./inputs.ts";
import type { fileOptions, Values, ValuesOf } from "./options.ts";
import { sampleInputs } from "./samples.ts";

interface LossColumns {
  readonly loss: ColumnSource;
  readonly scale?: number | ColumnSource;
  readonly theta?: ColumnSource;
  readonly competing?: ColumnSource;
  readonly label?: string;
  readonly gradient?: ColumnSource;
}

/** The samples of a file, with the loss and the gradients that a program gave for each, and what there is to say of the file. */
export async function lossSamples(
  values: LossColumns & ValuesOf<typeof fileOptions> & Values<"degrees">,
  input: string,
) {
  const { loss, scale = 1, gradient, competing } = values;
  const [thetaY, others] = sampleInputs({ ...values, input });
  type Read = [Reader<number>, Reader<Competitors>, Reader<number>, ...Reader<number>[]];
  const reading = await fileValues(
    (header): Read => [
      readerOf(thetaY, header),
      readerOf(others, header),
      isColumn(scale) ? readerOf(scaleInput(scale), header) : fixed(scale),
      ...[loss.column, ...(gradient ? gradientColumns(header, gradient.column, competing?.column) : [])].map((name) =>
        header.anyNumber(name),
      ),
    ],
    (thetaY, { angles, place }, scale, loss = Number.NaN, ...gradients): LossSample => ({
      thetaY,
      competing: Float64Array.from(angles),
      place,
      scale,
      loss,
      gradient: gradient && ownFirst(gradients, place),
    }),
    values,
    input,
  );
  const samples: LossSample[] = [];
  for await (const found of reading.values) for (const { value } of found) if (value !== undefined) samples.push(value);
  return { samples, warnings: reading.warnings() };
}

const readerOf = <T>({ source }: Input<T>, header: Header) => (source as (header: Header) => Reader<T>)(header);

/** The columns of gradients: one, by the cosine of the target angle, or one for each class of the pattern of angles, in that order. */
function gradientColumns(header: Header, pattern: string, angles = "theta_*"): string[] {
  const around = classPattern(pattern);
  if (around === undefined) return [pattern];
  return header.classes(angles).map(({ name }) => around.join(fromBytes(name)));
}

/** Gradients of all classes with that of the own class first; one alone is that of the own class. */
function ownFirst(gradients: readonly number[], place: number | undefined): readonly number[] {
  if (gradients.length === 1) return gradients;
  if (place === undefined)
    throw new UsageError("--gradient: one column a class goes with --label, the column that names the target class");
  return [gradients[place]!, ...gradients.toSpliced(place, 1)];
}
