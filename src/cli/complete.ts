import { targetDefinition, targetDefinitions } from "../core/targets.ts";
import { commonOptions, flagOf, type OptionSpec, options } from "./options.ts";
import type { Commands } from "./program.ts";

type Candidate = readonly [word: string, gives: string];

/** What can stand for the last word. kind: words are whole, open ones can go on, files are for the shell to list. */
interface Completion {
  readonly kind: "words" | "open" | "files";
  readonly candidates: readonly Candidate[];
}

const OWN: readonly Candidate[] = [
  ["help", "the help page of a command"],
  ["--help", "every command"],
  ["--version", "the version"],
];

/** The words after "asoftmax", the last one unfinished, completed: a line with the kind, then a line "word TAB what it gives" each. */
export async function complete(words: readonly string[], commands: Commands): Promise<string> {
  const current = words.at(-1) ?? "";
  const { kind, candidates } = await completion(words, current, commands);
  const fitting = candidates.filter(([word]) => word.startsWith(current));
  return [kind, ...fitting.map((candidate) => candidate.join("\t"))].map((line) => `${line}\n`).join("");
}

async function completion(words: readonly string[], current: string, commands: Commands): Promise<Completion> {
  const [name = "", ...rest] = words;
  const listed = Object.entries(commands).map(([command, [, gives]]): Candidate => [command, gives]);
  if (rest.length === 0) return wordsFrom([...listed, ...OWN]);
  if (name === "help" && rest.length === 1) return wordsFrom(listed);
  if (!Object.hasOwn(commands, name)) return wordsFrom([]);
  const [, , load] = commands[name]!;
  const { default: command } = await load();
  const specs: OptionSpec<unknown>[] = [...command.options, ...commonOptions].map((option) => options[option]);
  const [, flag, value = ""] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [undefined, rest.at(-2), current];
  const spec = specs.find(({ flags, parse }) => parse !== undefined && flagOf({ flags }) === flag);
  if (spec !== undefined) return prefixed(current.slice(0, current.length - value.length), valuesOf(spec, value));
  const { argument } = command;
  // The command's own word, unless it is there already.
  if (argument !== undefined && !rest.slice(0, -1).some((word) => argument.choices.includes(word)))
    return wordsFrom(argument.choices.map((word) => [word, argument.name]));
  return wordsFrom([...specs.map((spec): Candidate => [flagOf(spec), spec.help]), ["--help", "this command's help"]]);
}

const wordsFrom = (candidates: readonly Candidate[]): Completion => ({ kind: "words", candidates });

const prefixed = (before: string, { kind, candidates }: Completion): Completion => ({
  kind,
  candidates: candidates.map(([word, gives]) => [before + word, gives]),
});

function valuesOf(spec: OptionSpec<unknown>, text: string): Completion {
  if (spec.flags.endsWith("<file>")) return { kind: "files", candidates: [] };
  if (spec.flags.startsWith("--functions ")) return functionsOf(text);
  return wordsFrom((spec.choices ?? []).map((word) => [word, ""]));
}

/** The last of a list of target functions: its name, or after a colon its parameters. */
function functionsOf(text: string): Completion {
  const [, list = "", item] = /^(.*,)?(.*)$/s.exec(text)!;
  const [, before = "", name] = /^((.*?):(?:.*:)?)?/s.exec(item!)!;
  const names = targetDefinitions.flatMap(({ name, aliases = [], formula }) =>
    [name, ...aliases].map((one): Candidate => [one, formula]),
  );
  const parameters = [...(targetDefinition(name ?? "")?.parameters ?? []), { name: "lambda", standard: 0 }]
    .filter((parameter) => !before.includes(`:${parameter.name}=`))
    .map((parameter): Candidate => [`${parameter.name}=`, `default ${parameter.standard}`]);
  return prefixed(list + before, { kind: "open", candidates: name === undefined ? names : parameters });
}
