import { samplesOf, ticksOf, valueAt } from "./axes.ts";
import { type Chart, type Interval, reachOf, rulesOf } from "./chart.ts";
import { formatMessage, inUnit, type NumberStyle } from "./number.ts";

/**
 * A chart as a Vega-Lite specification for a notebook: lines told apart by colour, bars, areas, highlighted stretches
 * under their lines, knots as light rules, dots and notes; its title and its data.
 */
export function vegaLite(chart: Chart, style: NumberStyle, description: string): object {
  const { x, y = {}, series, dots = [], marks = [], regions = [], highlight, knots } = chart;
  const xs = samplesOf(chart);
  const reach = chart.square ? x : reachOf(chart, xs);
  const yIsAngle = chart.square === true || y.angle === true;
  const across = (at: number) => (x.angle ? inUnit(at, style) : at);
  const up = (at: number) => (!Number.isFinite(at) ? null : yIsAngle ? inUnit(at, style) : at);
  const axis = (range: Interval, angle: boolean, unit: (at: number) => number | null) => {
    const { ticks, every } = ticksOf(range, angle, knots, style);
    const values = ticks.map(({ at }) => unit(at));
    const labels = JSON.stringify(ticks.map(({ label }) => label));
    return every === undefined
      ? { grid: false }
      : { grid: false, values, labelExpr: `${labels}[indexof(${JSON.stringify(values)}, datum.value)]` };
  };
  const scale = (domain: Interval, unit: (at: number) => number | null) => ({
    domain: [unit(domain.from), unit(domain.to)],
    nice: false,
  });
  const inX = {
    field: "x",
    type: "quantitative",
    title: x.name ?? null,
    scale: scale(x, across),
    axis: axis(x, x.angle, across),
  };
  const inY = { field: "y", type: "quantitative", title: y.name ?? null, axis: axis(reach, yIsAngle, up) };
  const named = { field: "name", type: "nominal", title: null, sort: null };
  const coloured = { x: inX, y: inY, color: named };
  const layer = (values: readonly object[], mark: object, encoding: object) =>
    values.length > 0 ? [{ data: { values }, mark, encoding }] : [];
  const areas = regions.flatMap(({ name, between }) =>
    xs.map((x) => {
      const [low, high] = between(x).map(up);
      return { name, x: across(x), y: low, high };
    }),
  );
  const lines = series
    .filter(({ bars }) => !bars)
    .flatMap((one) => xs.map((x) => ({ name: one.name, x: across(x), y: up(valueAt(one, x)) })));
  const bars = series.flatMap(({ name, at, bars = [] }) =>
    bars
      .slice(1)
      .map((to, i) => ({ name, x: across(bars[i]!), to: across(to), y: up(at((bars[i]! + to) / 2)), base: 0 })),
  );
  const halos = series.flatMap((one) =>
    (one.highlight ?? []).flatMap(({ from, to }, stretch) =>
      xs
        .filter((x) => x >= from && x <= to)
        .map((x) => ({ name: highlight, stretch: `${one.name} ${stretch}`, x: across(x), y: up(valueAt(one, x)) })),
    ),
  );
  const points = [
    ...dots.flatMap(({ name, at }) => at.map((dot) => ({ name, x: across(dot.x), y: dot.y }))),
    ...series.flatMap(({ name, at, points = [] }) => points.map((x) => ({ name, x: across(x), y: up(at(x)) }))),
  ];
  const notes = marks.map(({ x: atX, y: atY, text }) => ({
    text: formatMessage(text, style),
    x: across(atX ?? x.to),
    y: up(atY ?? reach.to),
  }));
  const rules = rulesOf(chart, reach).map((at) => (x.angle ? { x: across(at) } : { y: up(at) }));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    ...(chart.title && { title: formatMessage(chart.title, style) }),
    description,
    width: 560,
    height: chart.square ? 560 : 340,
    layer: [
      ...layer(areas, { type: "area", opacity: 0.3 }, { x: inX, y: inY, y2: { field: "high" }, color: named }),
      ...layer(rules, { type: "rule", color: "#888", strokeDash: [1, 3] }, x.angle ? { x: inX } : { y: inY }),
      ...layer(halos, { type: "line", strokeWidth: 7, opacity: 0.5 }, { ...coloured, detail: { field: "stretch" } }),
      ...layer(
        bars,
        { type: "rect", opacity: 0.5 },
        { x: inX, x2: { field: "to" }, y: inY, y2: { field: "base" }, color: named },
      ),
      ...layer(lines, { type: "line" }, { ...coloured, strokeDash: named }),
      ...layer(points, { type: "point", filled: true }, coloured),
      ...layer(
        notes,
        { type: "text", align: "right", dy: -8 },
        { x: inX, y: inY, text: { field: "text", type: "nominal" } },
      ),
    ],
  };
}
