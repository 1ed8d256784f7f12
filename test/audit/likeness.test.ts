import { expect, test } from "vitest";
import { sameFunctions } from "../../src/audit/likeness.ts";
import { evaluate } from "../../src/audit/tolerance.ts";
import { messageText } from "../../src/core/message.ts";
import { target } from "../../src/core/targets.ts";
import { shortened } from "./diagnoses.ts";

const { PI } = Math;
const same = (end: number, names: string) => `up to ${end} ${names} are the same: the table cannot tell them apart`;
const arcfaces = "arcface, arcface-hard, arcface-clip, arcface-plain, arcface-shift and arcface-reflect";
const psis = "naive, asoftmax and sphereface-r1";

// The angles of a table that is wrong: of which functions is said that they are the same at all of these?
// biome-ignore format: a table
const wrong: [name: string, parameters: Record<string, number>, theta: number[], said: string[]][] = [
  ["arcface", { m: 0.5 }, [0, 1, 1.5], [same(PI / 2, "arcface and arcface-easy"), same(PI - 0.5, arcfaces)]],
  ["arcface", { m: 0.5 }, [0, 2, 1.5], [same(PI - 0.5, arcfaces)]],
  ["arcface", { m: 0.5 }, [2.7, 0, 2], []],
  ["arcface", { m: 2 }, [0, 1], [same(PI - 2, arcfaces), same(PI / 2, "arcface and arcface-easy")]],
  ["arcface-easy", { m: 0.5 }, [0, 1], [same(PI / 2, arcfaces.replace("arcface", "arcface-easy, arcface"))]],
  ["arcface", { m: PI }, [0, 1], [same(PI / 2, "arcface and arcface-easy")]],
  ["naive", { m: 4 }, [0, PI / 4], [same(PI / 4, psis)]],
  ["naive", { m: 4 }, [PI / 4 + 1e-15], []],
  ["naive", { m: 2, lambda: 5 }, [0, 1], [same(PI / 2, psis)]],
  ["naive", { m: 0.5 }, [0, 3], []],
  ["asoftmax", { m: 1 }, [0, 3], []],
  ["asoftmax", { m: 2 ** 20 }, [0, 1], []],
  ["cosface", { m: 0.35 }, [0], []],
  ["softmax", {}, [0, 3], []],
  ["combined", {}, [0, 3], []],
];
test.each(wrong)("a wrong table of %s %o at %o", (name, parameters, theta, said) => {
  const messages = sameFunctions(target(name, parameters)!, theta, () => false);
  expect(messages.map((words) => shortened(messageText(words)))).toEqual(said.map(shortened));
});

// The angles of a right table: of which functions is said that it is right for these too?
// biome-ignore format: a table
const right: [name: string, parameters: Record<string, number>, theta: number[], said: string[]][] = [
  ["arcface", { m: 0.5 }, [1, 3], []],
  // cos 3 pi is -1, as sphereface-r1 is from pi/4 on.
  ["naive", { m: 4 }, [0.1, (3 * PI) / 4], [same(PI / 4, "naive and sphereface-r1")]],
  ["naive", { m: 4 }, [0.1, (3 * PI) / 4, 3], []],
  // 2 theta is theta + 2.
  ["naive", { m: 2 }, [2], ["arcface would pass as well"]],
  // cos(theta + 1) is cos(theta).
  ["arcface", { m: 1 }, [PI - 0.5], ["asoftmax, naive and sphereface-r1 would pass as well", same(PI / 2, "arcface and arcface-easy"), same(PI - 1, "arcface and arcface-plain")]],
];
test.each(right)("a right table of %s %o at %o", (name, parameters, theta, said) => {
  const own = target(name, parameters)!;
  const messages = sameFunctions(own, theta, (curve, i) => {
    return Math.abs(evaluate(curve, theta[i]!) - own.value(theta[i]!)) < 1e-9;
  });
  expect(messages.map((words) => shortened(messageText(words)))).toEqual(said.map(shortened));
});
