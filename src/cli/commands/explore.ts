import { asoftmax, naive } from "../../core/target-functions.ts";
import { type Target, target, targetDefinitions } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { documentOf, type Result } from "../../render/result.ts";
import { command } from "../command.ts";
import { choiceOf, MOST_MARGIN, press } from "../explore/state.ts";
import { fullScreen } from "../explore/terminal.ts";
import { plainCommands, view } from "../explore/view.ts";
import { chosenFunctions } from "../functions.ts";
import { STANDARD_MARGIN } from "../inputs.ts";
import { options, pick, single, type Values } from "../options.ts";
import { screenFor } from "../terminal.ts";
import { packageFile } from "../version.ts";

/** One for each of the keys 1 to 9. */
const MOST_FUNCTIONS = 9;

export default command({
  examples: [
    ["asoftmax explore", "psi and cos(4 theta) at theta = 1.2; ? shows the keys"],
    ["asoftmax explore --m 3 --lambda 5 --theta pi/4 --competing 60deg", "other values at the start"],
    ["asoftmax explore --functions asoftmax:m=2,asoftmax:m=4,arcface", "other functions"],
    ["asoftmax explore --output page.html", "the same and more as one page, for a browser"],
  ],
  options: {
    ...pick("functions"),
    m: single("number", "the margin m to begin with (default 4)", options.m),
    lambda: single("number", "the weight lambda of cos(theta) to begin with (default 0)", options.lambda),
    theta: single("angle", "the angle theta_y to begin at (default 1.2)", options.theta),
    competing: single("angle", "the angle theta_j to begin at (default 1.5)", options.competing),
    output: { ...options.output, help: "write a page to this .html file: with sliders, for any browser" },
  },
  without: ["columns", "format", "precision"],
  async run(values, { angles }) {
    if (values.output !== undefined && values.output !== "-") return page(values, values.output);
    const { stdin, stdout, env } = process;
    if (!stdin.isTTY || !stdout.isTTY || env.TERM === "dumb")
      throw new UsageError("explore needs a terminal for its keys and its screen: use plot, compare or margin here");
    const { functions, m, lambda } = chosen(values);
    const start = {
      choices: functions.map((one, i) => choiceOf(one, m, lambda, values.functions !== undefined || i < 2)),
      m,
      lambda,
      theta: values.theta ?? 1.2,
      thetaJ: values.competing ?? 1.5,
      degrees: angles.degrees,
      help: false,
    };
    const screen = await screenFor(values, false);
    const end = await fullScreen(start, press, (state, width, height) =>
      view(state, { ...screen, width, height }, angles),
    );
    return documentOf("commands", plainCommands(end, angles.given));
  },
});

type Begin = Values<"functions" | "output"> & {
  readonly [name in "m" | "lambda" | "theta" | "competing"]?: number;
};

/** The functions to begin with, and the m and lambda that keys and sliders change. */
function chosen(values: Begin) {
  const lead = chosenFunctions(values)?.find(({ name }) => name === "asoftmax" || name === "naive");
  const { parameters: { m = STANDARD_MARGIN } = {}, lambda = 0 } = lead ?? {};
  if (!(m >= 1 && m <= MOST_MARGIN)) throw new UsageError(`m is ${m}: explore shows m from 1 to ${MOST_MARGIN}`);
  const functions = values.functions ?? standardFunctions(m, lambda);
  if (functions.length > MOST_FUNCTIONS)
    throw new UsageError(`--functions: explore shows at most ${MOST_FUNCTIONS}, one a key`);
  return { functions, m, lambda };
}

/** The page, which begins with what is given as an address has it. */
function page(values: Begin, output: string): Result {
  if (!/\.html$/i.test(output))
    throw new UsageError(`--output ${output}: explore writes a page: name a file such as page.html`);
  const { functions, m, lambda } = chosen(values);
  const own = new Map([asoftmax({ m, lambda }), naive({ m })].map(({ spec, name }) => [spec, name]));
  const shown = values.functions && functions.map(({ spec }) => own.get(spec) ?? spec);
  const begin = Object.entries({ m, lambda, theta: values.theta, competing: values.competing, functions: shown });
  const start = begin.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join("&amp;");
  const text = packageFile("dist/program/explore.html")
    .toString()
    .replace('data-start=""', () => `data-start="${start}"`);
  return { ...documentOf("page", text), page: true };
}

/** A-Softmax and cos(m theta) with that m, and others at their defaults. */
function standardFunctions(m: number, lambda: number): Target[] {
  const own: Record<string, Record<string, number>> = { asoftmax: { m, lambda }, naive: { m } };
  return targetDefinitions.slice(0, MOST_FUNCTIONS).map(({ name }) => target(name, own[name])!);
}
