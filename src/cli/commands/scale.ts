import { sampleLoss } from "../../core/loss.ts";
import { type Message, message, radians } from "../../core/message.ts";
import { cosineGap, neededScale, simplexAngle } from "../../core/needed-scale.ts";
import { targetFromSpec } from "../../core/notation.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { columnsOf, command } from "../command.ts";
import { functionInput } from "../functions.ts";
import { classesInput, rowResult, STANDARD_ARC } from "../inputs.ts";
import { listOption, options, pick } from "../options.ts";
import { angleOrSimplex, probability } from "../parse.ts";

const standard = () => ["softmax", "asoftmax", "cosface", "arcface"].map((spec) => targetFromSpec(spec));

export default command({
  examples: [
    ["asoftmax scale --classes 10574", "for probability 0.9 at theta_y = 0 against competitors at pi/2"],
    ["asoftmax scale --classes 1000 --functions softmax --competing simplex", "CosFace's lower bound"],
    [
      "asoftmax scale --classes 1000 --functions softmax --probability 0.5 --theta pi/4",
      "AdaCos's fixed scale, sqrt(2) ln(C - 1)",
    ],
  ],
  options: {
    ...pick("functions", "m", "lambda", "classes"),
    probability: listOption("probabilities of the own class, above 0 and below 1 (default 0.9)", probability),
    theta: { ...options.theta, help: "target angles theta_y (default 0)" },
    competing: listOption(
      "competing angles theta_j (default pi/2); simplex: that of evenly spread classes",
      angleOrSimplex,
    ),
  },
  run(values) {
    const { classes, probability = [0.9], theta = [0], competing = [STANDARD_ARC] } = values;
    if (classes === undefined)
      throw new UsageError("the number of classes is missing: give --classes, such as --classes 1000");
    const notes: Message[] = [];
    const compute = (target: Target, count: number, p: number, thetaY: number, given: number | "simplex") => {
      const thetaJ = given === "simplex" ? simplexAngle(count) : given;
      const scale = neededScale(target, count, p, thetaY, thetaJ);
      const at = message`for probability ${p} at theta_y = ${radians(thetaY)} against theta_j = ${radians(thetaJ)}`;
      if (scale === undefined)
        notes.push(
          message`${target.spec}: no scale up to 1e100 will do ${at}: the value at theta_y less the competing cosine is ${cosineGap(target, thetaY, thetaJ)}.`,
        );
      if (scale === undefined) return [[thetaJ, null, null]];
      const start = sampleLoss(target, scale, Math.PI / 2, [Math.PI / 2], count - 1).loss;
      if (notes.length === 0)
        notes.push(
          scale === 0
            ? message`with ${count} classes ${target.spec} needs no scale ${at}: it is at most 1/${count}, and scale 0 will do.`
            : message`with ${count} classes ${target.spec} needs a scale of at least ${scale} ${at}; the loss at the start, every angle pi/2, is then ${start}.`,
        );
      return [[thetaJ, scale, start]];
    };
    const inputs = [
      functionInput(values, standard),
      classesInput(classes, 2),
      { column: { name: "probability" }, source: probability },
      { column: { name: "theta_y", kind: "angle" }, source: theta },
      { source: competing },
    ] as const;
    const columns = columnsOf("theta_j:angle scale loss_at_start");
    return rowResult({ inputs, columns, compute, end: () => ({ notes, warnings: [], holds: true }) }, values);
  },
});
