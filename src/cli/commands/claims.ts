import { claims } from "../../core/claims.ts";
import { message } from "../../core/message.ts";
import { rowsResult } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { only, STANDARD_MARGIN } from "../inputs.ts";
import { pick } from "../options.ts";

const COLUMNS = [
  ...columnsOf("id:data claim:message expected:data holds"),
  { name: "evidence", kind: "message", shownPlace: 5 } as const,
];

export default command({
  examples: [
    ["asoftmax claims --m 4", "each claim with its evidence"],
    ["asoftmax claims --m 1.5 --format json", "real m, for a program"],
  ],
  options: pick("m"),
  run(values) {
    const all = claims(only("--m", values.m) ?? STANDARD_MARGIN);
    const rows = all.map(({ id, claim, expected, holds, evidence, summary }) => [
      id,
      [claim],
      expected,
      holds,
      evidence,
      summary,
    ]);
    const unexpected = all.filter(({ expected, holds }) => expected !== holds).map(({ id }) => id);
    const verdict =
      unexpected.length === 0
        ? message`All ${all.length} claims came out as expected.`
        : message`${unexpected.length} of ${all.length} claims came out other than expected: ${unexpected.join(", ")}.`;
    return rowsResult(COLUMNS, rows, {
      notes: [verdict],
      holds: unexpected.length === 0,
    });
  },
});
