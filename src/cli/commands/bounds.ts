import { bounds } from "../../core/bounds.ts";
import { message } from "../../core/message.ts";
import { rowsResult } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { STANDARD_ARC } from "../inputs.ts";
import { pick } from "../options.ts";

const STANDARD_MARGINS = [1, 2, 3, 4, 5, 6, 7, 8];
const COLUMNS = columnsOf(
  "*m *theta_12:angle max_intra:angle min_inter:angle holds_binary holds_multi m_min_binary:data m_min_multi:data",
);

export default command({
  examples: [
    ["asoftmax bounds", "m from 1 to 8, class vectors pi/2 apart"],
    ["asoftmax bounds --m 3,4 --theta-12 pi/3,pi", "other angles between the class vectors"],
  ],
  options: pick("m", "theta12"),
  run({ m: margins = STANDARD_MARGINS, theta12: arcs = [STANDARD_ARC] }) {
    const rows = margins.flatMap((m) =>
      arcs.map((theta12) => {
        const { maxIntra, minInter, holdsBinary, holdsMulti, mMinBinary, mMinMulti } = bounds(m, theta12);
        return [m, theta12, maxIntra, minInter, holdsBinary, holdsMulti, mMinBinary, mMinMulti];
      }),
    );
    return rowsResult(COLUMNS, rows, {
      notes: [
        message`Two classes: theta_12/(m-1) + theta_12/(m+1), or 2 pi/(m+1) where theta_12 > (m-1) pi/m, must be at most (m-1)/(m+1) theta_12: so for every theta_12 from m = 2 + sqrt(3) = ${2 + Math.sqrt(3)} on.`,
        message`Many classes, evenly spaced: 2 theta/(m+1) must be at most (m-1) theta/(m+1): so from m = ${3} on.`,
      ],
    });
  },
});
