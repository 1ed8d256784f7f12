import { targetDefinition, targetDefinitions } from "../core/targets.ts";
import type { Command } from "./command.ts";
import { commonOptions, flagOf, type OptionSpec, options } from "./options.ts";
import type { Commands } from "./program.ts";

type Candidate = readonly [word: string, gives: string];

/** What can stand for the last word. kind: words are whole, open ones can go on, files are for the shell to list. */
interface Completion {
  readonly kind: "words" | "open" | "files";
  readonly candidates: readonly Candidate[];
}

const NOTHING: Completion = { kind: "words", candidates: [] };

/** The words after "asoftmax", the last one unfinished, completed: a line with the kind, then a line "word TAB what it gives" each. */
export async function complete(words: readonly string[], commands: Commands): Promise<string> {
  const current = words.at(-1) ?? "";
  const { kind, candidates } = await completion(words, current, commands);
  const fitting = candidates.filter(([word]) => word.startsWith(current));
  return [kind, ...fitting.map((candidate) => candidate.join("\t"))].map((line) => `${line}\n`).join("");
}

async function completion(words: readonly string[], current: string, commands: Commands): Promise<Completion> {
  const [name = "", ...rest] = words;
  if (rest.length === 0 || (name === "help" && rest.length === 1)) {
    const listed: Candidate[] = Object.entries(commands).map(([command, [, gives]]) => [command, gives]);
    const own: Candidate[] = [
      ["help", "the help page of a command"],
      ["--help", "every command"],
      ["--version", "the version"],
    ];
    return { kind: "words", candidates: rest.length === 0 ? [...listed, ...own] : listed };
  }
  if (!Object.hasOwn(commands, name)) return NOTHING;
  const [, , load] = commands[name]!;
  const { default: command } = await load();
  const specs: OptionSpec<unknown>[] = [...command.options, ...commonOptions].map((option) => options[option]);
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [undefined, rest.at(-2), current];
  const spec = specs.find(({ flags, parse }) => parse !== undefined && flagOf({ flags }) === flag);
  if (spec !== undefined) return prefixed(current.slice(0, current.length - value!.length), valuesOf(spec, value!));
  return { kind: "words", candidates: wordsOf(command, specs, rest.slice(0, -1)) };
}

const prefixed = (before: string, { kind, candidates }: Completion): Completion => ({
  kind,
  candidates: candidates.map(([word, gives]) => [before + word, gives]),
});

/** The command's own word, unless it is there already, else its options. */
function wordsOf({ argument }: Command, specs: readonly OptionSpec<unknown>[], given: readonly string[]): Candidate[] {
  if (argument !== undefined && !given.some((word) => argument.choices.includes(word)))
    return argument.choices.map((word) => [word, argument.name]);
  return [...specs.map(({ flags, help }) => [flagOf({ flags }), help] as const), ["--help", "this command's help"]];
}

function valuesOf(spec: OptionSpec<unknown>, text: string): Completion {
  if (spec.flags.endsWith("<file>")) return { kind: "files", candidates: [] };
  if (spec.flags.startsWith("--functions ")) return functionsOf(text);
  return { kind: "words", candidates: (spec.choices ?? []).map((word) => [word, ""]) };
}

/** The last of a list of target functions: its name, or after a colon its parameters. */
function functionsOf(text: string): Completion {
  const [, list, item] = /^(.*,)?(.*)$/s.exec(text)!;
  const [, before, name] = /^((.*?):(?:.*:)?)?/s.exec(item!)!;
  if (before === undefined) {
    const names = targetDefinitions.flatMap(({ name, aliases = [], formula }) =>
      [name, ...aliases].map((one) => [one, formula] as const),
    );
    return prefixed(list ?? "", { kind: "open", candidates: names });
  }
  const own = targetDefinition(name!)?.parameters ?? [];
  const parameters = [...own, { name: "lambda", standard: 0 }].filter((p) => !before.includes(`:${p.name}=`));
  return prefixed((list ?? "") + before, {
    kind: "open",
    candidates: parameters.map((p) => [`${p.name}=`, `default ${p.standard}`]),
  });
}
