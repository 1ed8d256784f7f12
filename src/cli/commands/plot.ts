import { competingBound } from "../../core/competing-bound.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { rowsResult } from "../../render/result.ts";
import { functionChart, planeChart } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";
import { gridAngles } from "../inputs.ts";
import { drawingOptions, gridOptions, options, pick } from "../options.ts";

const STANDARD_POINTS = 181;
const MOST_MARKS = 1000;

export default command({
  examples: [
    ["asoftmax plot", "psi beside cos(4 theta)"],
    ["asoftmax plot --functions arcface-easy,arcface-hard --width 70 --format table", "other target functions"],
    ["asoftmax plot --m 1,2,3,4 --quantity slope", "slopes for several m"],
    ["asoftmax plot --m 4 --lambda 0,1,5", "psi blended with more and more of cos(theta)"],
    ["asoftmax plot --quantity theta_j", "the plane: which theta_j is large enough"],
    ["asoftmax plot --m 4 --points 5 --format csv", "the points as rows"],
  ],
  options: {
    ...pick("functions", "m", "lambda"),
    ...gridOptions,
    points: { ...options.points, help: "n evenly spaced angles as rows, or marked in the drawing" },
    ...pick("quantity"),
    ...drawingOptions,
  },
  run(values) {
    const targets = chosenFunctions(values) ?? pictureFunctions();
    const { quantity = "value", from = 0, to = Math.PI } = values;
    const angles = gridAngles({ ...values, points: values.points ?? STANDARD_POINTS })!;
    const quantityAt = (target: Target, theta: number) => {
      const value = quantity === "theta_j" ? competingBound(target, theta) : target[quantity](theta);
      return quantity === "theta_j" && Number.isNaN(value) ? null : value;
    };
    function* rows() {
      for (const target of targets) for (const theta of angles) yield [target.spec, theta, quantityAt(target, theta)];
    }
    const chart = () => {
      const { points = 0 } = values;
      if (points > MOST_MARKS)
        throw new UsageError(`--points: a drawing marks at most ${MOST_MARKS} angles: give fewer, or --format csv`);
      const range = { from, to };
      const drawn = quantity === "theta_j" ? planeChart(targets, range) : functionChart(targets, { range, quantity });
      return points === 0 ? drawn : { ...drawn, series: drawn.series.map((one) => ({ ...one, points: [...angles] })) };
    };
    return rowsResult(columnsOf(`function theta:angle value${quantity === "theta_j" ? ":angle" : ""}`), rows(), {
      chart: { chart, shown: "alone" },
    });
  },
});
