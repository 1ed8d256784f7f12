import { targetDefinitions } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import { packageFile } from "../data/file.ts";
import { suggestion } from "../data/suggestion.ts";
import type { pages } from "./commands.ts";
import { everyFunction } from "./functions.ts";
import { items, wordWrapped } from "./lines.ts";

/**
 * What every output column means, with its unit: by the command, with the option that gives them where not all of its
 * rows have them. These are the tables of docs/reference.md with "column of `command`" above the names.
 */
export function columnTexts(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const tables = /^\| (?:column|figure) of `(.+)` \| meaning \|\r?\n\|---\|---\|\r?\n((?:\|.*\n)+)/gm;
  const textsIn = (rows: string) =>
    [...rows.matchAll(/^\| `(.+?)` \| (.+) \|/gm)].map(([, name, text]) => [name, text!.replaceAll("\\|", "|")]);
  const reference = packageFile("docs/reference.md").toString();
  return Object.fromEntries(
    [...reference.matchAll(tables)].map(([, group, rows]) => [group, Object.fromEntries(textsIn(rows!))]),
  );
}

/**
 * The text of each page of help that is not about one command: about one word, if
 * it is given, in lines of at most width characters.
 */
export const pageTexts: Readonly<Record<keyof typeof pages, (word: string | undefined, width?: number) => string>> = {
  columns(command, width) {
    const all = columnTexts();
    const groups = Object.entries(all).filter(([group]) => !command || group.split(/\W/)[0] === command);
    if (groups.length === 0)
      throw new UsageError(`help columns: "${command}" has no columns${suggestion(command!, Object.keys(all))}`);
    const parts = groups.map(([group, texts]) => `${group}\n${items(Object.entries(texts), width)}\n`);
    return parts.join("") + paragraph("With --degrees angles are in degrees; slopes stay per radian.", width);
  },
  functions(_, width) {
    const rows = everyFunction().map(({ spec }, i) => {
      const { formula, aliases = [] } = targetDefinitions[i]!;
      return [spec, formula + (aliases.length > 0 ? `; also ${aliases.join(", ")}` : "")] as const;
    });
    const rest =
      "t is theta_y. Parameters that are left out take these values, so arcface is arcface:m=0.5. With lambda, as in asoftmax:m=4:lambda=5, the target is (lambda cos(t) + function) / (1 + lambda).";
    return `${items(rows, width)}\n${paragraph(rest, width)}`;
  },
};

const paragraph = (text: string, width = Number.POSITIVE_INFINITY) => `${wordWrapped(text, width).join("\n")}\n`;
