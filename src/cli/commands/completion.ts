import { documentOf } from "../../render/result.ts";
import { COMPLETE, command } from "../command.ts";

/** Each script runs the hidden command with the words so far; the first line of the answer is words, open (no space follows) or files. */
const scripts = {
  // Readline splits words at = and :, so the script splits the line at blanks and removes the part before the last = or :.
  bash: `_asoftmax() {
  local IFS=$' \\t\\n' words word kind
  local line=\${COMP_LINE:0:COMP_POINT} breaks=\${COMP_WORDBREAKS//[^=:]/}
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=\${words[\${#words[@]}-1]}
  local typed=$word
  [[ -n $breaks ]] && typed=\${word##*[$breaks]}
  COMPREPLY=()
  {
    read -r kind
    while IFS=$'\\t' read -r candidate _; do
      COMPREPLY+=("\${candidate#"\${word%"$typed"}"}")
    done
  } < <(asoftmax ${COMPLETE} "\${words[@]:1}" 2>/dev/null)
  if [[ $kind == open ]]; then compopt -o nospace; fi
  if [[ $kind == files ]]; then compopt -o default; fi
} 2>/dev/null
complete -F _asoftmax asoftmax
`,
  zsh: `#compdef asoftmax
_asoftmax() {
  local -a lines
  lines=("\${(@f)$(asoftmax ${COMPLETE} "\${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  if [[ $lines[1] == files ]]; then
    compset -P '--*='
    _files
    return
  fi
  local -a space
  [[ $lines[1] == open ]] && space=(-S '')
  lines=("\${(@)lines[2,-1]//:/\\\\:}")
  lines=("\${(@)lines/$'\\t'/:}")
  _describe asoftmax lines "\${space[@]}"
}
if [[ $funcstack[1] == _asoftmax ]]; then _asoftmax; else compdef _asoftmax asoftmax; fi
`,
  fish: `function __asoftmax
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (asoftmax ${COMPLETE} $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = files
        set -l flag (string match -r -- '^--[^=]+=' "$current")
        for path in (__fish_complete_path (string replace -- "$flag" '' "$current"))
            echo "$flag$path"
        end
    else
        printf '%s\\n' $lines[2..-1]
    end
end
complete -c asoftmax -f -a '(__asoftmax)'
`,
};

export default command({
  examples: [
    ["asoftmax completion bash", 'for ~/.bashrc: eval "$(asoftmax completion bash)"'],
    ["asoftmax completion zsh", 'for ~/.zshrc, after compinit: eval "$(asoftmax completion zsh)"'],
    ["asoftmax completion fish", "for ~/.config/fish/completions/asoftmax.fish"],
  ],
  argument: { name: "shell", choices: Object.keys(scripts) },
  options: {},
  without: ["degrees", "columns", "precision", "color", "noColor"],
  run: (_values, { argument }) => documentOf("script", scripts[argument as keyof typeof scripts]),
});
