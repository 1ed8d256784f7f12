import { extname } from "node:path";
import { UsageError } from "../../data/errors.ts";
import { packageFile } from "../../data/file.ts";
import { documentOf } from "../../render/result.ts";
import { command } from "../command.ts";
import { isOnTerminal } from "../terminal.ts";

/** The files by their names; the folder's README says where they come from. */
const files = { angles: "angles.csv", audit: "audit.csv", embeddings: "embeddings.npz" };

export default command({
  examples: [
    ["asoftmax example angles --output angles.csv", "label,theta_0,...: for measure and margin"],
    ["asoftmax example audit --output audit.csv", "theta,value,slope: for audit"],
    ["asoftmax example embeddings --output embeddings.npz", "for measure --features embeddings.npz:features ..."],
  ],
  argument: { name: "name", choices: Object.keys(files) },
  options: {},
  without: ["degrees", "columns", "format", "precision", "color", "noColor"],
  run({ output }, { argument }) {
    const name = files[argument as keyof typeof files];
    if (name.endsWith(".npz") && output === undefined && isOnTerminal())
      throw new UsageError(`${argument} is no text: write it to a file, asoftmax example ${argument} > ${name}`);
    if (output !== undefined && /\.(csv|npz)$/.test(output) && extname(output) !== extname(name))
      throw new UsageError(`--output ${output}: the example is ${name}: name it so`);
    return documentOf("file", packageFile(`examples/${name}`));
  },
});
