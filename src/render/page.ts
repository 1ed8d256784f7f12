import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The HTML above and below the picture; the title is text. */
export interface Around {
  readonly title: string;
  readonly above: string;
  readonly below: string;
}

/** A page that loads nothing: the picture, drawn by the Vega inside the page, and the HTML around it. */
export function page(spec: object, { title, above, below }: Around, madeBy: string, style: string): string {
  const vega = readFileSync(
    createRequire(import.meta.url)
      .resolve("vega")
      .replace("vega.module.js", "vega.min.js"),
    "utf8",
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: auto; padding: 0.5rem; font: 1rem/1.5 Helvetica, Arial, sans-serif; overflow-wrap: break-word; }
#picture { width: 100%; }
#tip { position: fixed; padding: 0.3rem 0.6rem; background: Canvas; border: 1px solid GrayText; font-size: 0.85rem; pointer-events: none; }
#tip td + td { text-align: right; padding-left: 1rem; font-variant-numeric: tabular-nums; }
small { color: GrayText; }
@media print { #hint { display: none; } }
${style}
</style>
</head>
<body>
${above}
<div id="picture"></div>
<small id="hint">Point for values, scroll to zoom, drag to move, double-click for the whole.</small>
${below}
<p><small>${escapeHtml(madeBy)}</small></p>
<table id="tip" hidden></table>
<script>/* Vega, BSD-3-Clause, https://vega.github.io */
${vega}</script>
<script>
const tip = document.getElementById("tip");
const row = (cells) => {
  const tr = document.createElement("tr");
  for (const cell of cells) tr.insertCell().textContent = cell;
  return tr;
};
const show = (_, event, item, values) => {
  tip.hidden = values == null || values === "";
  if (tip.hidden) return;
  tip.replaceChildren(...Object.entries(values).map(row));
  tip.style.left = Math.max(0, Math.min(event.clientX + 16, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = Math.max(0, event.clientY - tip.offsetHeight - 8) + "px";
};
const spec = ${JSON.stringify(spec).replaceAll("<", "\\u003c")};
new vega.View(vega.parse(spec), { renderer: "svg", container: "#picture", hover: true }).tooltip(show).runAsync();
</script>
</body>
</html>
`;
}

export const paragraphs = (texts: readonly string[]): string =>
  texts.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n");

/** Text inside an element. */
export const escapeHtml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
