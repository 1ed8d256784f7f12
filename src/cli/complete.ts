import { targetDefinition, targetDefinitions } from "../core/targets.ts";
import { commands, pages } from "./commands.ts";
import { optionAt } from "./guesses.ts";
import { flagOf, type Option } from "./options.ts";

type CompletionWord = readonly [word: string, gives: string];

/**
 * The candidates for the last word, which come after what stands `before` them in it. words: whole words; open: words
 * to which more is added; files: the shell lists files.
 */
interface Completion {
  readonly kind?: "words" | "open" | "files";
  readonly before?: string;
  readonly candidates: readonly CompletionWord[];
}

const OWN: readonly CompletionWord[] = [
  ["help", "the help page of a command"],
  ["--help", "every command"],
  ["--version", "the version"],
];

/**
 * Completes the last of the words after "asoftmax": a line with the kind,
 * then a line "word TAB help" for each candidate.
 */
export async function complete(words: readonly string[]): Promise<string> {
  const current = words.at(-1) ?? "";
  const { kind = "words", before = "", candidates } = await completion(words, current);
  const fitting = candidates.filter(([word]) => (before + word).startsWith(current));
  return [kind, ...fitting.map(([word, gives]) => `${before}${word}\t${gives}`)].map((line) => `${line}\n`).join("");
}

async function completion([name = "", ...rest]: readonly string[], current: string): Promise<Completion> {
  const listed = Object.entries(commands).map(([command, { gives }]): CompletionWord => [command, gives]);
  if (rest.length === 0) return { candidates: [...listed, ...OWN] };
  if (name === "help" && rest.length === 1) return { candidates: [...listed, ...Object.entries(pages)] };
  if (!Object.hasOwn(commands, name)) return { candidates: [] };
  const { argument, options } = (await commands[name]!.load()).default;
  const [, typed, value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [undefined, rest.at(-2), current];
  const [asked = "", option] = optionAt(options, typed) ?? [];
  if (option?.parse !== undefined) {
    const found = valuesOf(asked, option, value!);
    return { ...found, before: current.slice(0, current.length - value!.length) + (found.before ?? "") };
  }
  // The command's own word, unless it is there already, else its options.
  if (argument !== undefined && !rest.slice(0, -1).some((word) => argument.choices.includes(word)))
    return { candidates: argument.choices.map((word) => [word, argument.name]) };
  const flags = Object.entries(options).map(([name, { help }]): CompletionWord => [flagOf(name), help]);
  return { candidates: [...flags, ["--help", "this command's help"]] };
}

function valuesOf(name: string, { value, choices = [] }: Option<unknown>, text: string): Completion {
  if (value?.startsWith("file")) return { kind: "files", candidates: [] };
  if (name === "functions" || name === "to") return functionWords(text);
  return { candidates: choices.map((word) => [word, ""]) };
}

/** The last of a list of target functions: its name, or after a colon its parameters. */
function functionWords(text: string): Completion {
  const [, list = "", before = "", name] = /^(.*,)?((.*?):(?:.*:)?)?/s.exec(text)!;
  const names = targetDefinitions.flatMap(({ name, aliases = [], formula }) =>
    [name, ...aliases].map((one): CompletionWord => [one, formula]),
  );
  const parameters = [...(targetDefinition(name ?? "")?.parameters ?? []), { name: "lambda", standard: 0 }]
    .filter((parameter) => !before.includes(`:${parameter.name}=`))
    .map((parameter): CompletionWord => [`${parameter.name}=`, `default ${parameter.standard}`]);
  return { kind: "open", before: list + before, candidates: name === undefined ? names : parameters };
}
