import { angleOfQuarter } from "../../core/double-double.ts";
import { psiInWords } from "../../core/explanation.ts";
import type { Message } from "../../core/message.ts";
import { psiValues } from "../../core/psi.ts";
import { Region, rowKernel } from "../../kernels/rows.ts";
import type { NumberColumn } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { marginInput, rowResult, thetaInput } from "../inputs.ts";
import { gridOptions, inputOptions, options, orColumn } from "../options.ts";
import { shownOf, shownSlopes } from "../zeros.ts";

/** Up to this many pairs of m and theta are explained. */
const EXPLAINED = 4;

/** In the order of the kernel's psiColumns. */
const COLUMNS = columnsOf("k:integer psi dpsi_dtheta dpsi_dcos cos_m_theta cos_theta");

/** The cells of one row. */
function cellsOf(m: number, theta: number): number[] {
  const { k, psi, dpsiDtheta, dpsiDcos, cosMTheta, cosTheta } = psiValues(m, theta);
  return [k, psi, dpsiDtheta, dpsiDcos, cosMTheta, cosTheta];
}

/** The same for a column of angles; of a column that is not wanted nothing is computed, and its address is 0. */
function psiOfColumn(wanted?: readonly string[]) {
  const regions = COLUMNS.map(({ name }) => (wanted?.includes(name) === false ? undefined : new Region()));
  return (m: number, thetas: number, rows: number): NumberColumn[] => {
    const places = regions.map((region) => region?.reserve(8 * rows) ?? 0);
    rowKernel.psiColumns(m, thetas, rows, ...places);
    return places.map((address) => ({ address }));
  };
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
  run(values, { names, angles }) {
    const m = marginInput(values.m);
    const theta = thetaInput(values);
    const exact = shownOf(values, angles);
    const shown = ([k, ...cells]: readonly number[], margin: number, angle: number) => [
      k!,
      ...shownSlopes(exact, margin, angle, cells),
      exact(cells[3]!, margin, angle),
      exact(cells[4]!, 1, angle),
    ];
    if (theta !== undefined) {
      const explained: Message[] = [];
      const compute = (margin: number, angle: number) => {
        if (values.input === undefined && explained.length <= EXPLAINED)
          explained.push(psiInWords(margin, angle, exact));
        return [cellsOf(margin, angle)];
      };
      const ofColumn = psiOfColumn(values.columns);
      const end = () => ({ notes: explained.length <= EXPLAINED ? explained : [] });
      return rowResult({ inputs: [m, theta], columns: COLUMNS, compute, ofColumn, shown, end }, values, names);
    }
    function* compute(margin: number) {
      for (const angle of halfKnots(margin)) yield [angle, ...cellsOf(margin, angle)];
    }
    const columns = [...columnsOf("*theta:angle"), ...COLUMNS];
    const beside = ([angle, ...cells]: readonly number[], margin: number) => [angle!, ...shown(cells, margin, angle!)];
    return rowResult({ inputs: [m], columns, compute, shown: beside }, values, names);
  },
});

/** Every k pi/(2m) in [0, pi]: the knots of psi and the angles half way between. */
function* halfKnots(m: number): Generator<number> {
  for (let k = 0; k <= 2 * m; k++) yield Math.min(Math.PI, angleOfQuarter(k, m));
}
