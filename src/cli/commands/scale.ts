import { neededScale, simplexAngle } from "../../core/choosing.ts";
import { sampleLoss } from "../../core/loss.ts";
import { type Message, message, radians } from "../../core/message.ts";
import { arcface, asoftmax, cosface, softmax } from "../../core/target-functions.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { columnsOf, command } from "../command.ts";
import { functionInput } from "../functions.ts";
import { angleInput, numberInput, rowResult, STANDARD_ARC } from "../inputs.ts";
import { listOption, options, pick } from "../options.ts";
import { angle, number, type Parse } from "../parse.ts";

const NOT_ABOVE = ": there its value is not above the competing cosine, or only just.";

const angleOrSimplex: Parse<number | "simplex"> = (text, given) =>
  text.trim() === "simplex" ? "simplex" : angle(text, given);

export default command({
  examples: [
    ["asoftmax scale --classes 10574", "for probability 0.9 at theta_y = 0 against competitors at pi/2"],
    ["asoftmax scale --classes 1000 --functions softmax --competing simplex", "CosFace's lower bound"],
    ["asoftmax scale --classes 1000 --functions softmax --probability 0.5 --theta pi/4", "AdaCos's fixed scale"],
  ],
  options: {
    ...pick("functions", "m", "lambda", "classes"),
    probability: listOption("probabilities of the own class, between 0 and 1 (default 0.9)", number),
    theta: { ...options.theta, help: "target angles theta_y (default 0)" },
    competing: listOption("competing angles theta_j (default pi/2), or simplex: evenly spread classes", angleOrSimplex),
  },
  runsExample: true,
  run(values) {
    const { classes, probability = [0.9], theta = [0], competing = [STANDARD_ARC] } = values;
    if (classes === undefined) throw new UsageError("--classes is missing: give it, such as --classes 1000");
    const notes: Message[] = [];
    const compute = (target: Target, count: number, p: number, thetaY: number, given: number | "simplex") => {
      const thetaJ = given === "simplex" ? simplexAngle(count) : given;
      const scale = neededScale(target, count, p, thetaY, thetaJ);
      const start = scale === undefined ? null : sampleLoss(target, scale, STANDARD_ARC, [STANDARD_ARC], count).loss;
      const what = message`for probability ${p} at theta_y = ${radians(thetaY)} against theta_j = ${radians(thetaJ)}`;
      const needed = message`With ${count} classes ${target.spec} needs a scale of at least ${scale ?? ""} ${what}`;
      if (start === null) notes.push(message`${target.spec} has no scale up to 1e100 ${what}${NOT_ABOVE}`);
      else if (notes.length === 0) notes.push(message`${needed}; the loss at the start is then ${start}.`);
      return [[thetaJ, scale ?? null, start]];
    };
    const standard = () => [softmax(), asoftmax(), cosface(), arcface()];
    const numbers = [numberInput("classes", classes), numberInput("probability", probability)] as const;
    const angles = [angleInput("theta_y", theta), { source: competing }] as const;
    const inputs = [functionInput(values, standard), ...numbers, ...angles] as const;
    const columns = columnsOf("theta_j:angle scale loss_at_start");
    return rowResult({ inputs, columns, compute, end: () => ({ notes }) }, values);
  },
});
