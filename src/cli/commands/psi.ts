import { angleOfQuarter } from "../../core/double-double.ts";
import { psi, psiValues } from "../../core/psi.ts";
import { columnsOf, command } from "../command.ts";
import { marginInput, rowResult, thetaInput } from "../inputs.ts";
import { gridOptions, inputOptions, options, orColumn } from "../options.ts";

const COLUMNS = columnsOf("k psi dpsi_dtheta dpsi_dcos cos_m_theta cos_theta");

function allCells(m: number, theta: number): number[] {
  const { k, psi: value, dpsiDtheta, dpsiDcos, cosMTheta, cosTheta } = psiValues(m, theta);
  return [k, value, dpsiDtheta, dpsiDcos, cosMTheta, cosTheta];
}

export default command({
  examples: [
    ["asoftmax psi --m 4 --theta 1.2", "one angle"],
    ["asoftmax psi --m 2,4 --theta pi/4,60deg,1.2", "every pair of m and theta"],
    ["asoftmax psi --m 4", "every k pi/(2m)"],
    ["asoftmax psi --m 4 --points 181 --columns theta,psi", "a grid over [0, pi]"],
    ["asoftmax psi --input angles.csv --theta @theta_y", "columns appended to every row of a file"],
  ],
  options: { m: orColumn(options.m), theta: orColumn(options.theta), ...gridOptions, ...inputOptions },
  run(values) {
    const m = marginInput(values.m);
    const theta = thetaInput(values);
    // For psi alone the rest need not be computed; its place in the row stays.
    const onlyPsi = values.columns?.length === 1 && values.columns[0] === "psi";
    const cells = (margin: number, angle: number) => (onlyPsi ? [null, psi(margin, angle)] : allCells(margin, angle));
    if (theta !== undefined) {
      const compute = (margin: number, angle: number) => [cells(margin, angle)];
      return rowResult({ inputs: [m, theta], columns: COLUMNS, compute, number: onlyPsi ? psi : undefined }, values);
    }
    function* compute(margin: number) {
      for (const angle of halfKnots(margin)) yield [angle, ...cells(margin, angle)];
    }
    return rowResult({ inputs: [m], columns: [...columnsOf("theta:angle"), ...COLUMNS], compute }, values);
  },
});

/** Every k pi/(2m) in [0, pi]: the knots of psi and the angles half way between. */
function* halfKnots(m: number): Generator<number> {
  for (let k = 0; k <= 2 * m; k++) yield Math.min(Math.PI, angleOfQuarter(k, m));
}
