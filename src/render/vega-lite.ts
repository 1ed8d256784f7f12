import { samplesOf, ticksOf, valueAt } from "./axes.ts";
import { barsOf, type Chart, type Interval, isAngleY, pointsOf, reachOf, rulesOf, type Series } from "./chart.ts";
import { formatMessage, inUnit, type NumberStyle } from "./number.ts";

/**
 * A chart as a Vega-Lite specification for a notebook: lines told apart by colour, bars, areas, highlighted stretches
 * under their lines, knots as light rules, dots and notes; its title and its data.
 */
export function vegaLite(chart: Chart, style: NumberStyle, description: string): object {
  const { x, y = {}, square, series, dots = [], marks = [], regions = [], highlight } = chart;
  const xs = samplesOf(chart);
  const reach = square ? x : reachOf(chart, xs);
  const toUnit = (isAngle: boolean) => (at: number) => (!Number.isFinite(at) ? null : isAngle ? inUnit(at, style) : at);
  const [across, up] = [toUnit(x.angle), toUnit(isAngleY(chart))];
  const axis = (range: Interval, isAngle: boolean) => {
    const { ticks, every } = ticksOf(range, isAngle, chart.knots, style);
    if (every === undefined) return { grid: false };
    const values = ticks.map(({ at }) => toUnit(isAngle)(at));
    const labels = JSON.stringify(ticks.map(({ label }) => label));
    return { grid: false, values, labelExpr: `${labels}[indexof(${JSON.stringify(values)}, datum.value)]` };
  };
  const scale = { domain: [across(x.from), across(x.to)], nice: false };
  const inX = { field: "x", type: "quantitative", title: x.name ?? null, scale, axis: axis(x, x.angle) };
  const inY = { field: "y", type: "quantitative", title: y.name ?? null, axis: axis(reach, isAngleY(chart)) };
  const color = { field: "name", type: "nominal", title: null, sort: null };
  const plane = { x: inX, y: inY };

  const lineOf = (one: Series, more: object, { from, to }: Interval = x) =>
    xs.filter((x) => x >= from && x <= to).map((x) => ({ ...more, x: across(x), y: up(valueAt(one, x)) }));
  const areas = regions.flatMap(({ name, between }) =>
    xs.map((x) => {
      const [low, high] = between(x).map(up);
      return { name, x: across(x), y: low, high };
    }),
  );
  const rules = rulesOf(chart, reach).map((at) => (x.angle ? { x: across(at) } : { y: up(at) }));
  const halos = series.flatMap((one) =>
    (one.highlight ?? []).flatMap((stretch, i) =>
      lineOf(one, { name: highlight, stretch: `${one.name} ${i}` }, stretch),
    ),
  );
  const bars = series.flatMap((one) =>
    barsOf(one).map(({ from, to, y }) => ({ name: one.name, x: across(from), to: across(to), y: up(y), base: 0 })),
  );
  const lines = series.filter(({ bars }) => !bars).flatMap((one) => lineOf(one, { name: one.name }));
  const points = [...dots, ...series.map(pointsOf)].flatMap(({ name, at }) =>
    at.map((dot) => ({ name, x: across(dot.x), y: up(dot.y) })),
  );
  const notes = marks.map(({ x: atX = x.to, y: atY = reach.to, text }) => {
    return { text: formatMessage(text, style), x: across(atX), y: up(atY) };
  });
  const layers: readonly [values: readonly object[], mark: object, encoding: object][] = [
    [areas, { type: "area", opacity: 0.3 }, { ...plane, y2: { field: "high" }, color }],
    [rules, { type: "rule", color: "#888", strokeDash: [1, 3] }, x.angle ? { x: inX } : { y: inY }],
    [halos, { type: "line", strokeWidth: 7, opacity: 0.5 }, { ...plane, color, detail: { field: "stretch" } }],
    [bars, { type: "rect", opacity: 0.5 }, { x: inX, x2: { field: "to" }, y: inY, y2: { field: "base" }, color }],
    [lines, { type: "line" }, { ...plane, color, strokeDash: color }],
    [points, { type: "point", filled: true }, { ...plane, color }],
    [notes, { type: "text", align: "right", dy: -8 }, { ...plane, text: { field: "text", type: "nominal" } }],
  ];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    ...(chart.title && { title: formatMessage(chart.title, style) }),
    description,
    width: 560,
    height: square ? 560 : 340,
    layer: layers.flatMap(([values, mark, encoding]) =>
      values.length > 0 ? [{ data: { values }, mark, encoding }] : [],
    ),
  };
}
