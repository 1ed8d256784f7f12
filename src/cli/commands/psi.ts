import { psi, psiValues } from "../../core/psi.ts";
import { command } from "../command.ts";
import { angleInput, anglesOrGrid, halfKnots, marginInput } from "../inputs.ts";
import { gridOptions, inputOptions } from "../options.ts";
import { computeRows } from "../rows.ts";

const THETA = { name: "theta", kind: "angle" } as const;
const COLUMNS = ["k", "psi", "dpsi_dtheta", "dpsi_dcos", "cos_m_theta", "cos_theta"] as const;

function allCells(m: number, theta: number): number[] {
  const { k, psi: value, dpsi_dtheta, dpsi_dcos, cos_m_theta, cos_theta } = psiValues(m, theta);
  return [k, value, dpsi_dtheta, dpsi_dcos, cos_m_theta, cos_theta];
}

export default command({
  examples: [
    ["asoftmax psi --m 4 --theta 1.2", "one angle"],
    ["asoftmax psi --m 2,4 --theta pi/4,60deg,1.2", "every pair of m and theta"],
    ["asoftmax psi --m 4", "every k pi/(2m)"],
    ["asoftmax psi --m 4 --points 181 --columns theta,psi", "a grid over [0, pi]"],
    ["asoftmax psi --input angles.csv --theta @theta_y", "columns appended to every row of a file"],
  ],
  options: ["mOrColumn", "theta", ...gridOptions, ...inputOptions],
  run(values, { degrees }) {
    const m = marginInput(values.mOrColumn);
    const angles =
      anglesOrGrid(values.theta, values, degrees) ?? (values.input === undefined ? undefined : { column: "theta" });
    const columns = COLUMNS.map((name) => ({ name }));
    // For psi alone the rest need not be computed; its place in the row stays.
    const onlyPsi = values.columns?.length === 1 && values.columns[0] === "psi";
    const cells = (margin: number, theta: number) => (onlyPsi ? [null, psi(margin, theta)] : allCells(margin, theta));
    if (angles !== undefined) {
      const theta = angleInput(THETA, angles, degrees);
      const compute = (margin: number, angle: number) => [cells(margin, angle)];
      return computeRows({ inputs: [m, theta], columns, compute, number: onlyPsi ? psi : undefined }, values);
    }
    function* compute(margin: number) {
      for (const theta of halfKnots(margin)) yield [theta, ...cells(margin, theta)];
    }
    return computeRows({ inputs: [m], columns: [THETA, ...columns], compute }, values);
  },
});
