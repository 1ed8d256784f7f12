import { packageFile } from "../../data/file.ts";
import { documentOf } from "../../render/result.ts";
import { command } from "../command.ts";

export default command({
  examples: [
    ["asoftmax completion bash", 'for ~/.bashrc: eval "$(asoftmax completion bash)"'],
    ["asoftmax completion zsh", 'for ~/.zshrc, after compinit: eval "$(asoftmax completion zsh)"'],
    ["asoftmax completion fish", "for ~/.config/fish/completions/asoftmax.fish"],
  ],
  argument: { name: "shell", choices: ["bash", "zsh", "fish"] },
  options: {},
  without: ["degrees", "columns", "precision", "color", "noColor"],
  run: (_values, { argument }) => documentOf("script", packageFile(`completions/asoftmax.${argument}`)),
});
