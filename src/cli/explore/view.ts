import stringWidth from "string-width";
import { reasons } from "../../core/explanation.ts";
import { marginOf } from "../../core/margin.ts";
import { psiValues, segment } from "../../core/psi.ts";
import type { Series } from "../../render/chart.ts";
import { formatAngle, formatMessage, formatNumber, type NumberStyle } from "../../render/number.ts";
import type { Screen } from "../../render/screen.ts";
import { wrap } from "../../render/table.ts";
import { drawChart } from "../../render/terminal-chart.ts";
import { violationChart } from "../charts.ts";
import { functionsOf, type State } from "./state.ts";

const NEEDED_WIDTH = 50;
const LEAST_PLOT = 5;
/** From this width on the figures are in a panel beside the plot. */
const WIDE = 110;
const PANEL_WIDTH = 46;
const DIGITS = { precision: 6 };

const HINT = "arrows theta  m l j  n knot  v violation  ? help";
const HELP = `left, right     theta by pi/360; with shift, or page down, up: by pi/24
m  M            m less, more
l  L            lambda less, more
j  J            theta_j less, more
1 ... 9         functions on and off
n               to the next knot k pi/m
v               to the middle of the next violation, where there is one
d               degrees or radians
?, escape       these keys, or the plot
q               quit, and print the commands that give what is shown`;

/** The lines of the screen, as many and as wide as fit; where it is too small, a message with the size needed. */
export function view(state: State, screen: Screen, given: NumberStyle["given"]): string[] {
  const { height } = screen;
  const fitted = (text: string) => fittedLines(text.split("\n"), screen).slice(0, height);
  if (state.help) return fitted(HELP);
  const style = { ...DIGITS, degrees: state.degrees, given };
  const width = Math.max(NEEDED_WIDTH, screen.width);
  const wide = width >= WIDE;
  const figures = figureLines(state, { ...screen, width: wide ? PANEL_WIDTH : width }, style);
  const rows = height - 1 - (wide ? 0 : figures.length);
  const plot = plotOf(state, { ...screen, width: wide ? width - PANEL_WIDTH - 2 : width }, rows, style);
  const body = wide ? beside(plot, figures, width - PANEL_WIDTH) : [...plot, ...figures];
  if (screen.width >= NEEDED_WIDTH && height > body.length)
    return [...body, ...Array<string>(height - 1 - body.length).fill(""), HINT];
  return fitted(
    `explore needs ${NEEDED_WIDTH} columns and ${body.length + 1} rows; here are ${screen.width} and ${height} (q quits)`,
  );
}

const fittedLines = (texts: readonly string[], screen: Screen): string[] =>
  texts.flatMap((text) => (stringWidth(text) <= screen.width ? text : wrap(text, screen).trimEnd().split("\n")));

/** Values by function and angle: most keys leave most of them the same. */
const known = new Map<string, Map<number, number>>();

function remembered({ name, at }: Series): Series["at"] {
  const values = known.get(name) ?? new Map<number, number>();
  known.set(name, values);
  return (x) => {
    const value = values.get(x) ?? at(x);
    values.set(x, value);
    return value;
  };
}

const beside = (left: readonly string[], right: readonly string[], column: number): string[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const own = left[i] ?? "";
    return own + " ".repeat(column - stringWidth(own)) + (right[i] ?? "");
  });

/** The functions that are on, the level of the competing angle, and the cursor, in so many rows or the fewest possible. */
function plotOf(state: State, screen: Screen, rows: number, style: NumberStyle): string[] {
  const { m, theta, thetaJ } = state;
  const on = functionsOf(state).flatMap(({ target, on }) => (on ? [target] : []));
  const chart = violationChart(on, m, thetaJ, {});
  const series = chart.series.map((one, i) => (i < on.length ? { ...one, at: remembered(one), points: [theta] } : one));
  const draw = (height: number) =>
    drawChart({ ...chart, series, knots: m, cursor: theta, size: { height } }, screen, style).split("\n");
  // The axis and the legend take lines too.
  const first = draw(Math.max(LEAST_PLOT, rows - 4));
  return first.length > rows ? draw(Math.max(LEAST_PLOT, 2 * rows - 4 - first.length)) : first;
}

/** Where theta is, the values there, and the three conditions with their reasons. */
function figureLines(state: State, screen: Screen, style: NumberStyle): string[] {
  const { m, lambda, theta, thetaJ } = state;
  const margin = marginOf(m, theta, [thetaJ]);
  const angle = (at: number) => formatAngle(at, style, screen.unicode ? "π" : "pi");
  const row = (name: string, ...cells: string[]) =>
    name.padEnd(screen.width - 26) + cells.map((cell) => cell.padStart(13)).join("");
  const figure = (x: number) => formatNumber(x, DIGITS);
  const all = functionsOf(state);
  const on = all.filter(({ on }) => on);
  const off = all.filter(({ on }) => !on).map(({ key, target }) => `${key}:${target.name}`);
  const lines = [
    `theta ${angle(theta)}   segment ${segment(m, theta)}   theta_j ${angle(thetaJ)}   m ${m}   lambda ${lambda}`,
    row("  at theta", "value", "slope"),
    ...on.map(({ key, target }) =>
      row(`${key} ${target.spec}`, figure(target.value(theta)), figure(target.slope(theta))),
    ),
    row("  cos(theta_j)", figure(psiValues(1, thetaJ).cosTheta)),
    ...(off.length > 0 ? [`off: ${off.join(" ")}`] : []),
    screen.colors.bold(`naive ${margin.naive}   angular ${margin.angular}   psi ${margin.psi}`),
    formatMessage(reasons(m, theta, margin), style),
  ];
  return fittedLines(lines, screen);
}

/** The commands that print what the screen shows. */
export function plainCommands(state: State, given: NumberStyle["given"]): string {
  const { m, theta, thetaJ, degrees } = state;
  const [y, j] = [theta, thetaJ].map((at) => formatAngle(at, { degrees, given }));
  const unit = degrees ? " --degrees\n" : "\n";
  const specs = functionsOf(state).flatMap(({ target, on }) => (on ? [target.spec] : []));
  const drawn = `asoftmax plot --functions ${specs}${unit}asoftmax compare --functions ${specs} --theta ${y}${unit}`;
  return `${specs.length > 0 ? drawn : ""}asoftmax margin --m ${m} --theta ${y} --competing ${j}${unit}`;
}
