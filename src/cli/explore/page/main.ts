/// <reference lib="dom" />
import { competingBound } from "../../../core/competing-bound.ts";
import { blendReasons, psiInWords, reasons } from "../../../core/explanation.ts";
import { marginOf } from "../../../core/margin.ts";
import type { Message } from "../../../core/message.ts";
import { wantedMargin } from "../../../core/minima.ts";
import { psiValues } from "../../../core/psi.ts";
import { asoftmax } from "../../../core/target-functions.ts";
import { timesPi, toDegrees } from "../../../core/units.ts";
import type { Chart } from "../../../render/chart.ts";
import { formatAngle, formatMessage, formatNumber, rounded } from "../../../render/number.ts";
import { drawSvg, PICTURE_STYLE } from "../../../render/svg.ts";
import { escapeXml, spelled } from "../../../render/typeset.ts";
import { shownSlopes } from "../../zeros.ts";
import { curveChart, descents, planeOf } from "./charts.ts";
import { questions } from "./questions.ts";
import {
  commandsOf,
  functionNames,
  hashOf,
  type PageState,
  START,
  STYLE,
  shownIn,
  stateOf,
  targetsOf,
} from "./state.ts";

const byId = (id: string) => document.getElementById(id)!;
/** A sentence as text, for who listens, before it is written with letters. */
const text = (message: Message) => formatMessage(message, STYLE).replace(/(?<=\d)pi\b/g, "π");
/** The text as HTML, with letters for names and subscripts for what stands after theta_. */
const html = (given: string) => {
  const signs = given
    .replaceAll("<=", "≤")
    .replaceAll(">=", "≥")
    .replace(/(?<=^|[ (])-(?=[ c\d])/g, "−");
  return spelled(escapeXml(signs).replace(/\btheta_(\w+)/g, "theta<sub>$1</sub>"));
};
const range = (count: number, at: (i: number) => number) => Array.from({ length: count }, (_, i) => at(i));

/** Parts of pi that an angle moves by. */
const PARTS = 360;
const angles = range(PARTS + 1, (i) => timesPi(i, PARTS));
const inDegrees = (theta: number) => `${rounded(toDegrees(theta), { precision: 4 })}°`;
const angleShown = (theta: number) => `${spelled(formatAngle(theta, STYLE))} (${inDegrees(theta)})`;
const tenths = [0.1, 1, 10, 100].flatMap((power) => [1, 2, 5].map((n) => rounded(n * power, { precision: 1 })));

/** Each slider: what it sets, its label, the values that it goes through, and how they are written. */
const sliders: readonly [keyof Omit<PageState, "functions">, string, readonly number[], (x: number) => string][] = [
  ["theta", "theta_y, the target angle", angles, angleShown],
  ["competing", "theta_j, the competing angle", angles, angleShown],
  ["m", "m, the margin", range(23, (i) => 1 + i / 2), String],
  ["lambda", "lambda, the weight of cos(theta)", [0, ...tenths, 1000], String],
  ["scale", "scale of the logits", tenths.slice(0, 9), String],
];

let state = stateOf(location.hash, stateOf(document.documentElement.dataset.start ?? "", START));

function change(part: Partial<PageState>): void {
  state = { ...state, ...part };
  show();
  later();
}

const nearest = (values: readonly number[], x: number) =>
  values.reduce((best, value, i) => (Math.abs(value - x) < Math.abs(values[best]! - x) ? i : best), 0);

const inputs = sliders.map(([name, label, values, write]) => {
  const box = document.createElement("div");
  box.innerHTML = `<label for="${name}">${html(label)}</label><output></output><input type="range" id="${name}" min="0" max="${values.length - 1}">`;
  const input = box.querySelector("input")!;
  input.addEventListener("input", () => change({ [name]: values[Number(input.value)]! }));
  byId("sliders").append(box);
  return () => {
    const shown = write(state[name]);
    input.value = String(nearest(values, state[name]));
    input.setAttribute("aria-valuetext", shown);
    box.querySelector("output")!.value = shown;
  };
});

/** The boxes of the functions, made anew where the state has other names. */
function showFunctions(): void {
  const names = functionNames(state);
  const parent = byId("functions");
  if (parent.childElementCount !== names.length) {
    parent.replaceChildren(
      ...names.map((name) => {
        const box = document.createElement("label");
        box.innerHTML = `<input type="checkbox"><span>${escapeXml(name)}</span>`;
        const input = box.querySelector("input")!;
        input.name = name;
        input.addEventListener("change", () => {
          const others = state.functions.filter((one) => one !== name);
          change({ functions: input.checked ? [...others, name] : others });
        });
        return box;
      }),
    );
  }
  for (const input of parent.querySelectorAll("input")) input.checked = state.functions.includes(input.name);
}

const row = (...cells: string[]) => `<tr><th scope="row">${cells[0]}</th>${cells.slice(1).join("")}</tr>`;
const cell = (x: number, write: (x: number) => string) =>
  `<td><data value="${x}">${Number.isNaN(x) ? "none" : spelled(write(x))}</data></td>`;
const figure = (x: number) => formatNumber(x, STYLE);

/** The conditions, the values and the sentences at the point; gives the sentence that says which conditions hold. */
function showFigures(): string {
  const { m, lambda, theta, competing } = state;
  const shown = shownIn(state);
  const margin = marginOf(m, theta, [competing]);
  const blend = lambda > 0 ? blendReasons(asoftmax({ m, lambda }), theta, margin, shown) : undefined;
  const conditions: [name: string, asks: string, holds: boolean][] = [
    ["naive", "cos(m theta_y) > cos(theta_j)", margin.naive],
    ["angular", "m theta_y < theta_j", margin.angular],
    ["psi", `${lambda > 0 ? "psi with lambda" : "psi(theta_y)"} > cos(theta_j)`, blend?.holds ?? margin.psi],
  ];
  byId("conditions").querySelector("tbody")!.innerHTML = conditions
    .map(([name, asks, holds]) => {
      return row(
        name,
        `<td>${html(asks)}</td>`,
        `<td class="${holds ? "yes" : "no"}">${holds ? "✓ true" : "✗ false"}</td>`,
      );
    })
    .join("");
  const why = text(blend?.why ?? reasons(m, theta, margin, shown));
  byId("why").innerHTML = html(why);
  byId("segment").innerHTML = html(text(psiInWords(m, theta, shown)));
  const values = targetsOf(state).map((target, i) => {
    const [value, slope] = shownSlopes(shown, wantedMargin(target), theta, [
      target.value(theta),
      target.slope(theta),
      0,
    ]);
    const bound = competingBound(target, theta);
    const name = `<b class="c${i % 6}">${html(target.spec)}</b>`;
    return row(
      name,
      cell(value!, figure),
      cell(slope!, figure),
      cell(bound, (x) => formatAngle(x, STYLE)),
    );
  });
  const level = shown(psiValues(1, competing).cosTheta, 1, competing);
  const last = row(`cos(θ<sub>j</sub>)`, cell(level, figure), "<td></td>", "<td></td>");
  byId("values").querySelector("tbody")!.innerHTML = values.join("") + last;
  byId("margins").innerHTML =
    `${html("effective margin theta_j / theta_y")} = <data value="${margin.effectiveMargin}">${figure(margin.effectiveMargin)}</data>, ${html("theta_j - m theta_y")} = <data value="${margin.marginGap}">${spelled(figure(margin.marginGap))}</data>`;
  return spelled(why);
}

function draw(id: string, chart: Chart, description: string): void {
  const parent = byId(id).querySelector("div")!;
  const width = Math.max(260, Math.min(620, parent.clientWidth));
  parent.innerHTML = drawSvg(chart, STYLE, { id: `${id}-picture`, width, description, bare: true });
}

/** The edges of a picture's frame, in its own pixels. */
const frameOfPicture = (svg: SVGElement) =>
  svg.dataset.frame!.split(" ").map(Number) as [left: number, right: number, top: number, bottom: number];

let planeDrawn = "";

/** The plane, drawn anew where more than the point has changed, and the point in it. */
function drawPlane(description: string): void {
  const { m, lambda, functions, theta, competing } = state;
  const asked = `${m} ${lambda} ${functions} ${byId("plane").clientWidth}`;
  if (asked !== planeDrawn) draw("plane", planeOf(state), description);
  planeDrawn = asked;
  const svg = byId("plane").querySelector("svg")!;
  svg.querySelector("desc")!.textContent = description;
  if (svg.querySelector("#point") === null)
    svg.insertAdjacentHTML("beforeend", '<circle id="point" class="dot hot" stroke-width="2" r="7"/>');
  const [left, right, top, bottom] = frameOfPicture(svg);
  const point = svg.querySelector("#point")!;
  point.setAttribute("cx", String(left + (theta / Math.PI) * (right - left)));
  point.setAttribute("cy", String(bottom - (competing / Math.PI) * (bottom - top)));
}

let said = "";

function show(): void {
  for (const update of inputs) update();
  showFunctions();
  said = showFigures();
  const { chart, sentences } = descents(state);
  drawPlane(said);
  draw("curve", curveChart(state), said);
  const words = sentences.map(text);
  draw("descent", chart, spelled(words.join(" ")));
  byId("descent").querySelector("ul")!.innerHTML = words.map((one) => `<li>${html(one)}</li>`).join("");
  byId("commands").textContent = commandsOf(state).join("\n");
}

/** Some time after the last change it is said, and stands in the address. */
const QUIET = 500;
let timer: number | undefined;
function later(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    byId("live").textContent = said;
    history.replaceState(null, "", `#${hashOf(state)}`);
  }, QUIET);
}

/** The angle at a place of a picture's frame, a multiple of pi/PARTS. */
const angleAt = (at: number, from: number, to: number) =>
  angles[Math.round(Math.min(1, Math.max(0, (at - from) / (to - from))) * PARTS)]!;

for (const id of ["plane", "curve"]) {
  const move = (event: PointerEvent) => {
    const svg = byId(id).querySelector("svg")!;
    if (event.buttons !== 1 || !(event.target as Element).closest("svg")) return;
    const box = svg.getBoundingClientRect();
    const zoom = svg.viewBox.baseVal.width / box.width;
    const [left, right, top, bottom] = frameOfPicture(svg);
    const theta = angleAt((event.clientX - box.left) * zoom, left, right);
    const competing = angleAt((event.clientY - box.top) * zoom, bottom, top);
    change(id === "plane" ? { theta, competing } : { theta });
  };
  byId(id).addEventListener("pointerdown", move);
  byId(id).addEventListener("pointermove", move);
}

for (const { title, parts } of questions) {
  const item = document.createElement("li");
  item.innerHTML = `<h3>${html(title)}</h3>`;
  for (const [words, target] of parts) {
    const part = document.createElement("p");
    part.innerHTML = `${html(words)} <button type="button">Show me</button>`;
    part.querySelector("button")!.addEventListener("click", () => {
      change(stateOf(target));
      const { top, bottom } = byId("figures").getBoundingClientRect();
      if (top >= 0 && bottom <= innerHeight) return;
      const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (innerWidth < 1100) byId("figures").scrollIntoView({ behavior: isStill ? "auto" : "smooth" });
    });
    item.append(part);
  }
  byId("questions").querySelector("ol")!.append(item);
}

const copying = (id: string, what: () => string) =>
  byId(id).addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(what()).then(
      () => "Copied.",
      () => "Not allowed here: select and copy it.",
    );
    byId("copied").textContent = done;
  });
copying("copy", () => commandsOf(state).join("\n"));
copying("link", () => `${location.href.split("#")[0]}#${hashOf(state)}`);

addEventListener("hashchange", () => {
  state = stateOf(location.hash, state);
  show();
});
const style = document.createElement("style");
style.textContent = PICTURE_STYLE;
document.head.append(style);
let width = 0;
new ResizeObserver(() => {
  const now = byId("plane").clientWidth;
  if (now !== width) show();
  width = now;
}).observe(byId("plane"));
