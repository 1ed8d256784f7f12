import stringWidth from "string-width";
import { segment } from "../../core/psi.ts";
import { formatAngle, formatMessage, formatNumber, type NumberStyle } from "../../render/number.ts";
import type { Screen } from "../../render/screen.ts";
import { wrap } from "../../render/table.ts";
import { drawChart, withSample } from "../../render/terminal-chart.ts";
import { equation, violationChart } from "../charts.ts";
import type { AngleReader } from "../parse.ts";
import { type Shown, shownOf } from "../zeros.ts";
import { figuresAt } from "./scene.ts";
import { functionsOf, type State } from "./state.ts";

const NEEDED_WIDTH = 50;
const LEAST_PLOT = 5;
/** From this width on the figures are in a panel beside the plot. */
const WIDE = 110;
const PANEL_WIDTH = 56;
const FIGURE_WIDTH = 12;
const DIGITS = { precision: 6 };

const HINT = "arrows  m l j  n knot  v violation  ? help  q quit";
const HELP = `left, right     theta by pi/360; with shift, or page down, up: by pi/24
m  M            m less, more
l  L            lambda less, more
j  J            theta_j less, more
n               to the next knot k pi/m
v               to the middle of the next violation, where there is one
d               degrees or radians
?, escape       these keys, or the plot
q               quit, and print the commands that give what is shown
these turn functions on and off:`;

/** How angles were given: the degrees of some, and which are decimals. */
type Given = Pick<AngleReader, "given" | "decimals">;

/** The lines of the screen, as many and as wide as fit; where it is too small, a message with the size needed. */
export function view(state: State, screen: Screen, angles: Given): string[] {
  const { height } = screen;
  const fitted = (text: string) => fittedLines(text.split("\n"), screen).slice(0, height);
  const functions = functionsOf(state).map(({ key, target, on }) => `${key} ${target.spec}${on ? " (on)" : ""}`);
  if (state.help) return fitted([HELP, functions.join("   ")].join("\n"));
  const style = { ...DIGITS, degrees: state.degrees, given: angles.given };
  const width = Math.max(NEEDED_WIDTH, screen.width);
  const wide = width >= WIDE;
  const figures = figureLines(state, { ...screen, width: wide ? PANEL_WIDTH : width }, style, shownOf({}, angles));
  const rows = height - 1 - (wide ? 0 : figures.length);
  const plot = plotOf(state, { ...screen, width: wide ? width - PANEL_WIDTH - 2 : width }, rows, style);
  const body = wide ? beside(plot, figures, width - PANEL_WIDTH) : [...plot, ...figures];
  if (screen.width >= NEEDED_WIDTH && height > body.length)
    return [...body, ...Array<string>(height - 1 - body.length).fill(""), fitted(state.note ?? HINT)[0]!];
  return fitted(
    `explore needs ${NEEDED_WIDTH} columns and ${body.length + 1} rows; here are ${screen.width} and ${height} (q quits)`,
  );
}

const fittedLines = (texts: readonly string[], screen: Screen): string[] =>
  texts.flatMap((text) => (stringWidth(text) <= screen.width ? text : wrap(text, screen).trimEnd().split("\n")));

const beside = (left: readonly string[], right: readonly string[], column: number): string[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const own = left[i] ?? "";
    return own + " ".repeat(column - stringWidth(own)) + (right[i] ?? "");
  });

/**
 * The chart of the functions that are on, with the level cos(theta_j) and a cursor at
 * theta, in at most `rows` lines where that is possible.
 */
function plotOf(state: State, screen: Screen, rows: number, style: NumberStyle): string[] {
  const { m, theta, competing } = state;
  const on = functionsOf(state).flatMap(({ target, on }) => (on ? [target] : []));
  const chart = violationChart(on, m, competing, style);
  // Their names stand beside the values.
  const series = chart.series.map((one, i) => ({ ...one, name: "", points: i < on.length ? [theta] : [] }));
  const draw = (height: number) =>
    drawChart({ ...chart, series, knots: m, cursor: theta }, { ...screen, chartHeight: height }, style).split("\n");
  // The axis and the legend take lines too.
  const first = draw(Math.max(LEAST_PLOT, rows - 3));
  return first.length > rows ? draw(Math.max(LEAST_PLOT, 2 * rows - 3 - first.length)) : first;
}

/** Where theta is, the values there, and the three conditions with their reasons; psi is with its lambda there. */
function figureLines(state: State, screen: Screen, style: NumberStyle, exact: Shown): string[] {
  const { m, lambda, theta, competing } = state;
  const on = functionsOf(state).filter(({ on }) => on);
  const targets = on.map(({ target }) => target);
  const { margin, why, blend, values, level } = figuresAt(state, targets, exact);
  const angle = (at: number) => formatAngle(at, style, screen.unicode ? "π" : "pi");
  const row = (name: string, ...cells: string[]) =>
    name +
    " ".repeat(Math.max(1, screen.width - 2 * FIGURE_WIDTH - stringWidth(name))) +
    cells.map((cell) => cell.padStart(FIGURE_WIDTH)).join("");
  const figure = (x: number) => formatNumber(x, DIGITS);
  const lines = [
    `theta ${angle(theta)}   segment ${segment(m, theta)}   theta_j ${angle(competing)}   m ${m}   lambda ${lambda}`,
    row("  at theta", "value", "slope"),
    ...on.map(({ key, target }, i) => row(withSample(i, `${key} ${target.spec}`, screen), ...values[i]!.map(figure))),
    row(withSample(on.length, `  cos(${equation("theta_j", competing, style)})`, screen), figure(level)),
    screen.colors.bold(`naive ${margin.naive}   angular ${margin.angular}   psi ${blend?.holds ?? margin.psi}`),
    formatMessage(blend?.why ?? why, style),
  ];
  return fittedLines(lines, screen);
}
