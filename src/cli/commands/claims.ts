import { claims } from "../../core/claims.ts";
import { message } from "../../core/message.ts";
import { rowsResult } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { STANDARD_MARGIN } from "../inputs.ts";
import { options, single } from "../options.ts";

export default command({
  examples: [
    ["asoftmax claims --m 4", "each claim with its evidence"],
    ["asoftmax claims --m 1.5 --format json", "real m, for a program"],
  ],
  options: { m: single("number", "the margin m (default 4)", options.m) },
  run({ m = STANDARD_MARGIN }) {
    const all = claims(m);
    const rows = all.map((one) => [one.id, [one.claim], one.expected, one.holds, one.evidence, one.summary]);
    const unexpected = all.filter(({ expected, holds }) => expected !== holds).map(({ id }) => id);
    const verdict =
      unexpected.length === 0
        ? message`All ${all.length} claims came out as expected.`
        : message`${unexpected.length} of ${all.length} claims came out other than expected: ${unexpected.join(", ")}.`;
    const columns = columnsOf("id:data claim:message expected:data holds");
    return rowsResult([...columns, { name: "evidence", kind: "message", shownPlace: 5 }], rows, {
      notes: [verdict],
      holds: unexpected.length === 0,
    });
  },
});
