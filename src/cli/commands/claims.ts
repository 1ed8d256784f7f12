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
    const rows = all.map(({ id, claim, expected, holds, evidence }) => [id, [claim], expected, holds, evidence]);
    const unexpected = all.filter(({ expected, holds }) => expected !== holds).map(({ id }) => id);
    const verdict =
      unexpected.length === 0
        ? message`All ${all.length} claims came out as expected.`
        : message`${unexpected.length} of ${all.length} claims came out other than expected: ${unexpected.join(", ")}.`;
    return rowsResult(columnsOf("id claim:message expected holds evidence:message"), rows, {
      notes: [verdict],
      holds: unexpected.length === 0,
    });
  },
});
