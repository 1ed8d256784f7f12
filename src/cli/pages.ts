import { targetDefinitions } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import { suggestion } from "../data/suggestion.ts";
import { columnTexts } from "./columns.ts";
import type { pages } from "./commands.ts";
import { everyFunction } from "./functions.ts";
import { items, wordWrapped } from "./lines.ts";

/**
 * The text of each page of help that is not about one command: about one word, if
 * it is given, in lines of at most width characters.
 */
export const pageTexts: Readonly<Record<keyof typeof pages, (word: string | undefined, width?: number) => string>> = {
  columns(command, width) {
    const groups = Object.entries(columnTexts).filter(([group]) => !command || group.split(/\W/)[0] === command);
    if (groups.length === 0)
      throw new UsageError(
        `help columns: "${command}" has no columns${suggestion(command!, Object.keys(columnTexts))}`,
      );
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
