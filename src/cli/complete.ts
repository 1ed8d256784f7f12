import { targetDefinition, targetDefinitions } from "../core/targets.ts";
import type { Command } from "./command.ts";
import { commands, pages } from "./commands.ts";
import { flagOf, type Option, shortFlags } from "./options.ts";

type CompletionWord = readonly [word: string, gives: string];
type Flag = Option<unknown> & { readonly flag: string; readonly short: string | undefined };

/**
 * The candidates for the last word. words: whole words; open: words to
 * which more is added; files: the shell lists files.
 */
interface Completion {
  readonly kind: "words" | "open" | "files";
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
  const { kind, candidates } = await completion(words, current);
  const fitting = candidates.filter(([word]) => word.startsWith(current));
  return [kind, ...fitting.map((candidate) => candidate.join("\t"))].map((line) => `${line}\n`).join("");
}

async function completion(words: readonly string[], current: string): Promise<Completion> {
  const [name = "", ...rest] = words;
  const listed = Object.entries(commands).map(([command, { gives }]): CompletionWord => [command, gives]);
  if (rest.length === 0) return wordsFrom([...listed, ...OWN]);
  if (name === "help" && rest.length === 1) return wordsFrom([...listed, ...Object.entries(pages)]);
  if (!Object.hasOwn(commands, name)) return wordsFrom([]);
  const { default: command } = await commands[name]!.load();
  const flags: Flag[] = Object.entries(command.options).map(([name, option]) => ({
    ...option,
    flag: flagOf(name),
    short: shortFlags[name],
  }));
  const [, typed, value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [undefined, rest.at(-2), current];
  const option = flags.find(({ flag, short = flag, parse }) => parse && [flag, short].includes(typed!));
  if (option !== undefined) return prefixed(current.slice(0, current.length - value!.length), valuesOf(option, value!));
  return wordsFrom(wordsOf(command, flags, rest.slice(0, -1)));
}

const wordsFrom = (candidates: readonly CompletionWord[]): Completion => ({ kind: "words", candidates });

const prefixed = (before: string, { kind, candidates }: Completion): Completion => ({
  kind,
  candidates: candidates.map(([word, gives]) => [before + word, gives]),
});

/** The command's own word, unless it is there already, else its options. */
function wordsOf({ argument }: Command, flags: readonly Flag[], given: readonly string[]): CompletionWord[] {
  if (argument !== undefined && !given.some((word) => argument.choices.includes(word)))
    return argument.choices.map((word) => [word, argument.name]);
  return [...flags.map(({ flag, help }) => [flag, help] as const), ["--help", "this command's help"]];
}

function valuesOf({ flag, value, choices = [] }: Flag, text: string): Completion {
  if (value?.startsWith("file")) return { kind: "files", candidates: [] };
  if (flag === "--functions" || flag === "--to") return functionWords(text);
  return wordsFrom(choices.map((word) => [word, ""]));
}

/** The last of a list of target functions: its name, or after a colon its parameters. */
function functionWords(text: string): Completion {
  const [, list = "", item] = /^(.*,)?(.*)$/s.exec(text)!;
  const [, before = "", name] = /^((.*?):(?:.*:)?)?/s.exec(item!)!;
  const names = targetDefinitions.flatMap(({ name, aliases = [], formula }) =>
    [name, ...aliases].map((one): CompletionWord => [one, formula]),
  );
  const parameters = [...(targetDefinition(name ?? "")?.parameters ?? []), { name: "lambda", standard: 0 }]
    .filter((parameter) => !before.includes(`:${parameter.name}=`))
    .map((parameter): CompletionWord => [`${parameter.name}=`, `default ${parameter.standard}`]);
  return prefixed(list + before, { kind: "open", candidates: name === undefined ? names : parameters });
}
