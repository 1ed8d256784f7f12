import type { AuditTable } from "../audit/audit.ts";
import type { LossSample } from "../audit/loss-program.ts";
import { LARGEST, requireWithin } from "../core/errors.ts";
import { fromBytes } from "../data/bytes.ts";
import { UsageError } from "../data/errors.ts";
import { type ColumnSource, type Input, isColumn } from "../rows/computation.ts";
import { readRows } from "../rows/file-rows.ts";
import { classPattern, type Header, type Reader } from "../rows/header.ts";
import type { Competitors } from "../rows/sample-columns.ts";
import { fixed } from "./functions.ts";
import { scaleInput } from "./inputs.ts";
import { fileOptions, option, orColumn, pick, type Values, type ValuesOf } from "./options.ts";
import { column, positive } from "./parse.ts";
import { sampleInputs } from "./samples.ts";

/** The options that say where the table of an audit stands. */
export const auditTableOptions = {
  theta: option("@column", "the column of angles (default @theta; with --loss the target angles)", column),
  cosine: option("@column", "the column of cosines that the program was given, in place of angles", column),
  ...pick("value", "gradient"),
  scale: orColumn(option("number", "the scale of the logits, in values and slopes (default 1)", positive)),
  ...fileOptions,
  loss: option("@column", "the column of losses to check, in place of values", column),
  ...pick("label"),
  competing: option("@column", "the columns of angles to every class (default '@theta_*')", column),
};

type TableValues = ValuesOf<typeof auditTableOptions> & Values<"degrees">;

/** The table of an audit, and the warnings about its file. */
export async function auditTable(values: TableValues, input: string) {
  const { theta, cosine, value = { column: "value" }, gradient, scale } = values;
  if (theta !== undefined && cosine !== undefined)
    throw new UsageError("--theta and --cosine both name the angles: use one");
  const angles = theta?.column ?? "theta";
  const cosineAdvice = `; for cosines give --cosine @${angles}`;
  const readersOf = (header: Header): Reader<number>[] => [
    cosine === undefined ? header.angle(angles, cosineAdvice) : cosineOf(header, cosine.column),
    header.anyNumber(value.column),
    ...(gradient ? [header.anyNumber(gradient.column)] : []),
    ...(isColumn(scale) ? [header.number(scale.column, requireScale)] : []),
  ];
  const read: readonly number[][] = [[], [], [], []];
  const take = (row: readonly number[]) => {
    for (let i = 0; i < row.length; i++) read[i]!.push(row[i]!);
  };
  const warnings = await readRows(readersOf, take, values, input);
  const columnAt = (i: number) => Float64Array.from(read[i]!);
  const table: AuditTable = {
    theta: cosine === undefined ? columnAt(0) : columnAt(0).map(Math.acos),
    exactCosines: cosine !== undefined,
    value: columnAt(1),
    gradient: gradient && columnAt(2),
    scale: isColumn(scale) ? columnAt(gradient ? 3 : 2) : scale,
  };
  return { table, warnings };
}

const requireScale = (scale: number) => requireWithin("scale", scale, Number.MIN_VALUE, LARGEST);

const cosineOf = (header: Header, name: string) => header.number(name, (c) => requireWithin("a cosine", c, -1, 1));

/**
 * The samples of a file, each with the loss and the gradients that a program
 * gave for it, and the warnings about the file.
 */
export async function lossSamples(values: TableValues, loss: ColumnSource, input: string) {
  const { scale = 1, gradient, competing } = values;
  const [thetaY, others] = sampleInputs({ ...values, input });
  type Read = [Reader<number>, Reader<Competitors>, Reader<number>, ...Reader<number>[]];
  const samples: LossSample[] = [];
  const warnings = await readRows(
    (header): Read => [
      readerOf(thetaY, header),
      readerOf(others, header),
      isColumn(scale) ? readerOf(scaleInput(scale), header) : fixed(scale),
      header.anyNumber(loss.column),
      ...gradientColumns(header, gradient?.column, competing?.column, values.label).map((name) =>
        header.anyNumber(name),
      ),
    ],
    ([thetaY, { angles, place }, scale, loss = Number.NaN, ...gradients]) => {
      const competing = Float64Array.from(angles);
      samples.push({ thetaY, competing, place, scale, loss, gradient: gradient && ownFirst(gradients, place) });
    },
    values,
    input,
  );
  return { samples, warnings };
}

const readerOf = <T>({ source }: Input<T>, header: Header) => (source as (header: Header) => Reader<T>)(header);

/**
 * The columns of gradients: one, by the cosine of the target angle, or one for
 * each class of the pattern of angles, in that order.
 */
function gradientColumns(header: Header, pattern?: string, angles = "theta_*", label = "label"): string[] {
  const around = classPattern(pattern ?? "");
  if (around === undefined) return pattern === undefined ? [] : [pattern];
  return header.classes(angles, label).map(({ name }) => around.join(fromBytes(name)));
}

/** Gradients of all classes with that of the own class first; one alone is that of the own class. */
function ownFirst(gradients: readonly number[], place: number | undefined): readonly number[] {
  if (gradients.length === 1) return gradients;
  if (place === undefined)
    throw new UsageError("--gradient: one column a class goes with --label, the column that names the target class");
  return [gradients[place]!, ...gradients.toSpliced(place, 1)];
}
