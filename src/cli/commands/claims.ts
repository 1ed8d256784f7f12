import { type Claim, claims } from "../../core/claims.ts";
import { type Phrase, phrase } from "../../core/phrase.ts";
import { resultOf } from "../../render/result.ts";
import { command } from "../command.ts";
import { only, STANDARD_MARGIN } from "../inputs.ts";

export default command({
  examples: [
    ["asoftmax claims --m 4", "each claim with its evidence"],
    ["asoftmax claims --m 1.5 --format json", "real m, for a program"],
  ],
  options: ["m"],
  run(values) {
    const found = claims(only("--m", values.m) ?? STANDARD_MARGIN);
    const columns = [
      { name: "id" },
      { name: "claim", kind: "phrase" },
      { name: "expected" },
      { name: "holds" },
      { name: "evidence", kind: "phrase" },
    ] as const;
    const rows = found.map(({ id, claim, expected, holds, evidence }) => [id, [claim], expected, holds, evidence]);
    const unexpected = found.filter(({ expected, holds }) => expected !== holds);
    return resultOf(columns, rows, { notes: [verdict(found, unexpected)], holds: unexpected.length === 0 });
  },
});

function verdict(all: readonly Claim[], unexpected: readonly Claim[]): Phrase {
  if (unexpected.length === 0) return phrase`All ${all.length} claims came out as expected.`;
  return phrase`${unexpected.length} of ${all.length} claims came out other than expected: ${unexpected.map(({ id }) => id).join(", ")}.`;
}
