/// <reference lib="dom" />
import { competingBound } from "../../../core/competing-bound.ts";
import { psiInWords } from "../../../core/explanation.ts";
import { sampleLoss } from "../../../core/loss.ts";
import { type Message, message, radians } from "../../../core/message.ts";
import { wantedMargin } from "../../../core/minima.ts";
import { asoftmax } from "../../../core/target-functions.ts";
import { type Target, targetDefinitions } from "../../../core/targets.ts";
import { timesPi, toDegrees } from "../../../core/units.ts";
import type { Chart } from "../../../render/chart.ts";
import { formatAngle, formatMessage, formatNumber, rounded } from "../../../render/number.ts";
import { coloursOf, drawSvg, PICTURE_STYLE } from "../../../render/svg.ts";
import { escapeXml, spelled } from "../../../render/typeset.ts";
import { functionChart, inWords, knotsOf, lineOf, planeChart, violationChart } from "../../charts.ts";
import { descentChart, descentsOf, STANDARD_DESCENT } from "../../descents.ts";
import { figuresAt, LAMBDAS, targetsOf } from "../scene.ts";
import { commandsOf, hashOf, hasOthersOnly, misreadIn, type PageState, STYLE, shownIn, stateOf } from "./state.ts";

const byId = (id: string) => document.getElementById(id)!;
const inside = (id: string, selector: string) => byId(id).querySelector<HTMLElement>(selector)!;

/** Letters for names; in a function's spec lambda stays. */
const lettered = (given: string) => spelled(given.replace(/(?<=\d)pi\b/g, "π")).replaceAll(":λ=", ":lambda=");
const text = (message: Message) => lettered(formatMessage(message, STYLE));
/** Text as HTML, with subscripts. */
const html = (given: string) =>
  escapeXml(lettered(given))
    .replace(/θ(\w+)/g, "θ<sub>$1</sub>")
    .replace(/(?<=^|[ (])-(?=[ c])/g, "−");

/** Parts of pi that an angle moves by. */
const PARTS = 360;
const angles = Array.from({ length: PARTS + 1 }, (_, i) => timesPi(i, PARTS));
const figure = (x: number) => formatNumber(x, STYLE);
const angle = (theta: number) => formatAngle(theta, STYLE, "π");
const angleShown = (theta: number) => `${angle(theta)} (${rounded(toDegrees(theta), { precision: 4 })}°)`;

/** Each slider: what it sets, the values that it goes through, and how they are written. */
const sliders: readonly [keyof Omit<PageState, "functions">, readonly number[], (x: number) => string][] = [
  ["theta", angles, angleShown],
  ["competing", angles, angleShown],
  ["m", Array.from({ length: 23 }, (_, i) => 1 + i / 2), figure],
  ["lambda", LAMBDAS, figure],
  ["scale", LAMBDAS.slice(1, 10), figure],
];

const begin = location.hash || document.documentElement.dataset.start!;
let state = stateOf(begin);
let misread = misreadIn(begin);

function change(part: Partial<PageState>, notUnderstood: string[] = []): void {
  state = { ...state, ...part };
  misread = notUnderstood;
  show();
  announce();
}

const updates = sliders.map(([name, values, write]) => {
  const input = byId(name) as HTMLInputElement;
  // A value that was given in an address is added to the stops.
  let stops = values;
  input.addEventListener("input", () => change({ [name]: stops[Number(input.value)]! }));
  return () => {
    const shown = write(state[name]);
    if (!stops.includes(state[name])) stops = [...values, state[name]].sort((a, b) => a - b);
    input.max = String(stops.length - 1);
    input.value = String(stops.indexOf(state[name]));
    input.setAttribute("aria-valuetext", shown);
    input.parentElement!.querySelector("output")!.value = shown;
  };
});

/** The functions that pictures call by letters. */
const LETTERS: Readonly<Record<string, string>> = { asoftmax: "psi", naive: "cos(m theta)", softmax: "cos(theta)" };
const boxOf = (name: string) =>
  `<label><input type="checkbox" name="${escapeXml(name)}"><span>${html(LETTERS[name] ? `${LETTERS[name]} (${name})` : name)}</span></label>`;

/** The checkboxes of all target functions, and of other specs in the state; rebuilt when the list changes. */
function showFunctions(): void {
  const names = [...new Set([...targetDefinitions.map(({ name }) => name), ...state.functions])];
  const parent = inside("functions", "div");
  if (parent.dataset.names !== names.join()) parent.innerHTML = names.map(boxOf).join("");
  parent.dataset.names = names.join();
  for (const input of parent.querySelectorAll("input")) input.checked = state.functions.includes(input.name);
}
byId("functions").addEventListener("change", () => {
  const checked = [...byId("functions").querySelectorAll<HTMLInputElement>(":checked")];
  change({ functions: checked.map(({ name }) => name) });
});

const row = (head: string, ...cells: string[]) =>
  `<tr><th scope="row">${head}</th>${cells.map((one) => `<td>${one}</td>`).join("")}</tr>`;
const data = (x: number, write = figure) => `<data value="${x}">${Number.isNaN(x) ? "none" : spelled(write(x))}</data>`;
const condition = (name: string, asks: string, holds: boolean) =>
  row(name, html(asks), `<span class="${holds ? "yes" : "no"}">${holds ? "✓ true" : "✗ false"}</span>`);

/** The conditions, the values and the sentences at the point; gives the sentences that say what holds. */
function showFigures(targets: readonly Target[]): string {
  const { m, lambda, theta, competing, scale } = state;
  const shown = shownIn(state);
  const { margin, why, blend, values, level } = figuresAt(state, targets, shown);
  const isOther = hasOthersOnly(state);
  const colours = coloursOf(targets.map((target) => lineOf(target, targets)));
  const functions = targets.map((target, i) => {
    const [name, bound, steepest] = [inWords(target, targets), competingBound(target, theta), wantedMargin(target)];
    const needed = shown(Math.PI - bound, steepest, theta) === 0 ? Math.PI : shown(bound, steepest, theta);
    const head = `<b class="${colours[i]}">${html(text(name))}</b>`;
    return {
      sentence: text(message`${name} ${competing > needed ? "exceeds" : "does not exceed"} cos(theta_j) here.`),
      figures: row(
        head,
        ...values[i]!.map((x) => data(x)),
        data(bound, () => angle(needed)),
      ),
    };
  });
  const others = functions.map(({ sentence }) => sentence);
  const sentences = [why, ...(blend ? [blend.why] : [])].map(text);
  byId("psi").hidden = isOther;
  byId("others").hidden = !isOther;
  inside("others", "span").innerHTML = others.map(html).join("<br>");
  inside("conditions", "tbody").innerHTML = [
    condition("naive", "cos(m theta_y) > cos(theta_j)", margin.naive),
    condition("angular", "m theta_y < theta_j", margin.angular),
    condition("psi", "psi(theta_y) > cos(theta_j)", margin.psi),
    blend ? condition("with lambda", "target(theta_y) > cos(theta_j)", blend.holds) : "",
  ].join("");
  byId("why").innerHTML = sentences.map(html).join("<br>");
  byId("segment").innerHTML = html(text(psiInWords(m, theta, shown)));
  inside("values", "tbody").innerHTML =
    functions.map(({ figures }) => figures).join("") + row(html("cos(theta_j)"), data(level), "", "");
  const { probability } = sampleLoss(asoftmax({ m, lambda }), scale, theta, [competing]);
  const ofPsi = text(inWords(asoftmax({ m, lambda }), [asoftmax({ lambda })]));
  const gap = data(margin.marginGap, (x) => figure(shown(x, m, theta)));
  byId("margins").innerHTML =
    `${html("effective margin theta_j / theta_y")} = ${data(margin.effectiveMargin)}<span${isOther ? " hidden" : ""}>, ${html("theta_j - m theta_y")} = ${gap}, probability of the own class with ${ofPsi} = ${data(probability)}</span>`;
  return isOther ? others.join(" ") : sentences.at(-1)!;
}

/** A rem in the pixels that pictures are laid out in: they grow with the text of the page. */
const REM = 16;
/** The width of every picture, in its own pixels. */
let width = 0;
/** What each picture was drawn from. */
const drawnFrom = new Map<string, string>();

/** Draws a picture, anew where what it is drawn from has changed, and describes it. */
function draw(id: string, from: readonly unknown[], chart: () => Chart, description: string): void {
  const key = [width, ...from].join();
  if (drawnFrom.get(id) !== key) {
    inside(id, "div").innerHTML = drawSvg(chart(), STYLE, { id: `${id}-picture`, width, description, bare: true });
    inside(id, "svg").style.width = `${Number(inside(id, "svg").getAttribute("width")) / REM}rem`;
  }
  inside(id, "desc").textContent = description;
  drawnFrom.set(id, key);
}

/** The functions over theta, with their values at theta_y, and the level that they must exceed. */
function curveOf(targets: readonly Target[]): Chart {
  const { m, theta, competing } = state;
  const chart = violationChart(targets, m, competing, STYLE);
  const series = chart.series.map((one, i) => (i < targets.length ? { ...one, points: [theta] } : one));
  const drawn = { ...chart, series, knots: m };
  if (chart.highlight !== undefined) return drawn;
  // Without cos(m theta) its violations are not to be seen, and without a function of m the goal of m neither.
  const { title, subtitle } = functionChart(targets);
  if (hasOthersOnly(state)) return { ...drawn, title, subtitle, marks: [], zones: [], knots: knotsOf(targets) };
  return { ...drawn, title, marks: chart.marks!.slice(0, 1) };
}

/** The edges of a picture's frame, in its own pixels. */
const frameOfPicture = (svg: SVGElement) =>
  svg.dataset.frame!.split(" ").map(Number) as [left: number, right: number, top: number, bottom: number];

/** The point in the plane. */
function showPoint(): void {
  const svg = byId("plane").querySelector("svg")!;
  const [left, right, top, bottom] = frameOfPicture(svg);
  if (!svg.querySelector("#point"))
    svg.insertAdjacentHTML("beforeend", '<circle id="point" class="dot hot" stroke-width="2" r="7"/>');
  const point = byId("point");
  point.setAttribute("cx", String(left + (state.theta / Math.PI) * (right - left)));
  point.setAttribute("cy", String(bottom - (state.competing / Math.PI) * (bottom - top)));
}

/** Below this the end of a descent is shown as 0, unless theta_j is as small. */
const NOTHING = 1e-15;

/** The sentence of a descent with the function named as in the pictures. */
const descentInWords = (sentence: Message, target: Target, targets: readonly Target[]): Message =>
  sentence.flatMap((part) => {
    if (part === target.spec) return inWords(target, targets);
    const isNothing = typeof part === "object" && part.angle < NOTHING && state.competing > NOTHING;
    return [isNothing ? radians(0) : part];
  });

let said = "";

function show(): void {
  const targets = targetsOf(state);
  for (const update of updates) update();
  byId("misread").textContent =
    misread.length > 0 ? `Not understood, and left as at the start: ${misread.join(", ")}` : "";
  showFunctions();
  said = showFigures(targets);
  const specs = targets.map(({ spec }) => spec);
  const { theta: start, competing: thetaJ, scale, m, functions } = state;
  draw("plane", specs, () => planeChart(targets), said);
  showPoint();
  draw("curve", [start, thetaJ, m, specs, functions], () => curveOf(targets), said);
  const settings = { start, thetaJ, scale, ...STANDARD_DESCENT };
  const descents = descentsOf(targets, settings);
  const sentences = descents.map(({ sentence, target }) => text(descentInWords(sentence, target, targets)));
  draw("descent", [start, thetaJ, scale, specs], () => descentChart(descents, settings, STYLE), sentences.join(" "));
  inside("descent", "ul").innerHTML = sentences.map((one) => `<li>${html(one)}</li>`).join("");
  // No line is broken inside a word, such as between the hyphens of an option.
  inside("commands", "pre").innerHTML = commandsOf(state).join("\n").replace(/\S+/g, "<span>$&</span>");
}

/** Milliseconds after the last change until it is announced to screen readers and put into the address. */
const QUIET = 500;
let timer: number | undefined;
function announce(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    byId("live").textContent = said;
    history.replaceState(null, "", `#${hashOf(state)}`);
  }, QUIET);
}

/** Further outside the frame than this a pointer does not take hold of the point. */
const NEAR = 12;

for (const id of ["plane", "curve"]) {
  const area = inside(id, "div");
  let before: Partial<PageState> = {};
  const move = (event: PointerEvent) => {
    const svg = area.querySelector("svg")!;
    const box = svg.getBoundingClientRect();
    const zoom = svg.viewBox.baseVal.width / box.width;
    const [x, y] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    const [left, right, top, bottom] = frameOfPicture(svg);
    const isNear = x > left - NEAR && x < right + NEAR && y > top - NEAR && y < bottom + NEAR;
    if (event.type === "pointerdown" && event.button === 0 && isNear) {
      area.setPointerCapture(event.pointerId);
      before = { theta: state.theta, competing: state.competing };
    }
    if (!area.hasPointerCapture(event.pointerId)) return;
    const angleAt = (share: number) => angles[Math.round(Math.min(1, Math.max(0, share)) * PARTS)]!;
    const theta = angleAt((x - left) / (right - left));
    const competing = angleAt((bottom - y) / (bottom - top));
    change(id === "plane" ? { theta, competing } : { theta });
  };
  area.addEventListener("pointerdown", move);
  area.addEventListener("pointermove", move);
  // A finger that turns out to scroll the page leaves the point where it was.
  area.addEventListener("pointercancel", () => change(before));
}

/** The link of a question that was followed last. */
let asked = inside("questions", "a") as HTMLAnchorElement;
byId("questions").addEventListener("click", ({ target }) => {
  const link = (target as Element).closest("a");
  if (link === null) return;
  asked = link;
  change(stateOf(link.hash));
  byId(link.dataset.see!).scrollIntoView();
  byId("back").hidden = false;
});
for (const id of ["lead", "back"])
  byId(id).addEventListener("click", () => {
    asked.closest("li")!.scrollIntoView();
    asked.focus({ preventScroll: true });
    byId("back").hidden = true;
  });

function copying(id: string, what: () => string): void {
  byId(id).addEventListener("click", async () => {
    const copied = navigator.clipboard.writeText(what()).then(() => "Copied.");
    byId("copied").textContent = await copied.catch(() => "Not allowed here: select and copy it.");
  });
}
copying("copy", () => commandsOf(state).join("\n"));
copying("link", () => `${location.href.split("#")[0]}#${hashOf(state)}`);

addEventListener("hashchange", ({ newURL }) => {
  const { hash } = new URL(newURL);
  change(stateOf(hash), misreadIn(hash));
});
const style = document.createElement("style");
style.textContent = PICTURE_STYLE;
document.head.append(style);

new ResizeObserver(() => {
  const zoom = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / REM;
  const now = Math.max(260, Math.round(inside("plane", "div").clientWidth / zoom));
  if (now === width) return;
  width = now;
  show();
}).observe(byId("plane"));
