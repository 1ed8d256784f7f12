import { expect, test } from "vitest";
import type { AuditResult } from "../../src/audit/check.ts";
import type { Dtype } from "../../src/audit/tolerance.ts";
import { messageText } from "../../src/core/message.ts";
import type { Target } from "../../src/core/targets.ts";

/**
 * A diagnosis as it is kept to be compared: numbers to 6 digits, and no residuals, which
 * differ between versions of Node in their last digits.
 */
export const shortened = (diagnosis: string): string =>
  diagnosis
    .replace(/, to within [\d.e-]+/g, "")
    .replace(/\d+\.\d{6,}(e[-+]\d+)?/g, (digits) => String(Number(Number(digits).toPrecision(6))));

/**
 * An audit function that keeps what it says; `compare`, called after the other tests of a file, adds a test that
 * compares all of it with a file of test/fixtures. Written anew by `npx vitest run test/audit -u`: read the difference.
 */
export function keptAudits<Table>(audit: (target: Target, table: Table, dtype: Dtype) => AuditResult) {
  const said = new Set<string>();
  return {
    audit(target: Target, table: Table, dtype: Dtype): AuditResult {
      const result = audit(target, table, dtype);
      const { rows, bad, notFinite, gradient, diagnosis } = result;
      const checks = [rows, bad, notFinite, ...(gradient ? [gradient.bad, gradient.notFinite] : [])].join(" ");
      said.add(`${target.spec} ${dtype} ${checks}\n  ${shortened(messageText(diagnosis))}`);
      return result;
    },
    compare(file: string): void {
      test("every audit above says what it said before", async () => {
        await expect([...said].join("\n")).toMatchFileSnapshot(`../fixtures/${file}`);
      });
    },
  };
}
