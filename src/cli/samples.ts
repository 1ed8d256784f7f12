import { UsageError } from "../data/errors.ts";
import { type Input, isColumn } from "../rows/computation.ts";
import type { Header, Reader } from "../rows/header.ts";
import { type Competitors, competitors, labelledSamples, numbered } from "../rows/sample-columns.ts";
import { inputOf } from "./inputs.ts";
import { options, orColumn, type Values, type ValuesOf } from "./options.ts";

/** The options for the angles of samples. */
export const sampleOptions = {
  theta: orColumn({ ...options.theta, help: "target angles theta_y in [0, pi]" }),
  competing: { ...orColumn(options.competing), help: "competing angles theta_j, @column (; between) or '@theta_*'" },
  label: options.label,
};

/**
 * A sample as a target angle and its competitors: given, from two columns (theta_y, and theta_j with ; between), or
 * from one column a class (theta_*) with a label that names the target class.
 */
export function sampleInputs(
  values: ValuesOf<typeof sampleOptions> & Values<"input">,
): [thetaY: Input<number>, competing: Input<Competitors>] {
  const { theta, competing, label, input } = values;
  if (input === undefined && theta === undefined)
    throw new UsageError("the target angle is missing: give --theta, such as --theta 1.2");
  if (input === undefined && competing === undefined)
    throw new UsageError("competing angles are missing: give --competing, such as --competing 1.5,pi/2");
  if (label !== undefined && theta !== undefined)
    throw new UsageError("--label and --theta both name the target angle: use one");
  const own = isColumn(theta) ? theta.column : "theta_y";
  const others = isColumn(competing) ? competing.column : undefined;
  // One reading of the columns gives both inputs; the target angle is the first.
  let labelled: Reader<Competitors> | undefined;
  const ownOf = (header: Header, name: string): Reader<number> => {
    const isAsked = label !== undefined || (theta === undefined && !header.has(own) && header.has("label"));
    if (!isAsked) return header.angle(name);
    const pattern = others ?? "theta_*";
    const classes = header.classes(pattern, label ?? "label");
    if (classes.length < 2)
      throw new UsageError(`--competing: ${pattern} matches one column: a sample needs a competing class`);
    const [ownAngle, otherAngles] = labelledSamples(header, label ?? "label", pattern, classes);
    labelled = otherAngles;
    return ownAngle;
  };
  return [
    inputOf({ name: "theta_y", kind: "angle" }, theta ?? { column: own }, ownOf),
    competing !== undefined && !isColumn(competing)
      ? { source: [numbered(competing)] }
      : { source: (header) => labelled ?? competitors(header, others, own) },
  ];
}
