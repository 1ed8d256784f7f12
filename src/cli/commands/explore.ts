import { targetDefinitions } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { packageFile } from "../../data/file.ts";
import { documentOf, type Result } from "../../render/result.ts";
import { command } from "../command.ts";
import { hashOf } from "../explore/page/state.ts";
import { MOST, nameAt, plainCommands, STANDARD } from "../explore/scene.ts";
import { press } from "../explore/state.ts";
import { fullScreen } from "../explore/terminal.ts";
import { view } from "../explore/view.ts";
import { chosenFunctions } from "../functions.ts";
import { options, pick, single, type ValuesOf } from "../options.ts";
import { screenFor } from "../terminal.ts";

const exploreOptions = {
  ...pick("functions"),
  m: single("number", "the margin m to begin with (default 4)", options.m),
  lambda: single("number", "the weight lambda of cos(theta) to begin with (default 0)", options.lambda),
  theta: single("angle", "the angle theta_y to begin at (default 1.2)", options.theta),
  competing: single("angle", "the angle theta_j to begin at (default 1.5)", options.competing),
  output: { ...options.output, help: "write a page to this .html file: with sliders, for any browser" },
};
type Begin = ValuesOf<typeof exploreOptions>;

export default command({
  examples: [
    ["asoftmax explore", "psi and cos(4 theta) at theta = 1.2; ? shows the keys"],
    ["asoftmax explore --m 3 --lambda 5 --theta pi/4 --competing 60deg", "other values at the start"],
    ["asoftmax explore --functions asoftmax:m=2,asoftmax:m=4,arcface", "other functions"],
    ["asoftmax explore --output page.html", "the same and more as one page, for a browser"],
  ],
  options: exploreOptions,
  without: ["columns", "format", "precision"],
  async run(values, { angles }) {
    if (values.output !== undefined && values.output !== "-") return page(values, values.output);
    const { stdin, stdout, env } = process;
    if (!stdin.isTTY || !stdout.isTTY || env.TERM === "dumb")
      throw new UsageError("explore needs a terminal for its keys and its screen: use plot, compare or margin here");
    const start = { ...chosen(values), degrees: angles.degrees, help: false };
    const screen = await screenFor(values, false);
    const end = await fullScreen(start, press, (state, width, height) =>
      view(state, { ...screen, width, height }, angles),
    );
    const commands = plainCommands(end, { degrees: end.degrees, given: angles.given });
    return documentOf("commands", `${commands.join("\n")}\n`);
  },
});

/** What to begin with, and the names of the functions to choose from. */
function chosen(values: Begin) {
  const lead = chosenFunctions(values)?.find(({ name }) => name === "asoftmax" || name === "naive");
  const { parameters: { m = STANDARD.m } = {}, lambda = STANDARD.lambda } = lead ?? {};
  if (!(m >= 1 && m <= MOST.m)) throw new UsageError(`m is ${m}: explore shows m from 1 to ${MOST.m}`);
  if (lambda > MOST.lambda) throw new UsageError(`lambda is ${lambda}: explore shows lambda from 0 to ${MOST.lambda}`);
  const given = values.functions?.map(({ spec }) => nameAt({ m, lambda }, spec));
  if (given && given.length > MOST.functions)
    throw new UsageError(`--functions: explore shows at most ${MOST.functions}, one a key`);
  const names = [...new Set(given ?? targetDefinitions.slice(0, MOST.functions).map(({ name }) => name))];
  const { theta = STANDARD.theta, competing = STANDARD.competing } = values;
  return { m, lambda, theta, competing, functions: given ? names : STANDARD.functions, names };
}

/** The page; its data-start holds the given values, written as in an address. */
function page(values: Begin, output: string): Result {
  if (!/\.html$/i.test(output))
    throw new UsageError(`--output ${output}: explore writes a page: name a file such as page.html`);
  const start = hashOf({ ...chosen(values), scale: 1 });
  const text = packageFile("dist/program/explore.html")
    .toString()
    .replace('data-start=""', () => `data-start="${start.replaceAll("&", "&amp;")}"`);
  return { ...documentOf("page", text), page: true };
}
