// The page of `explore --output`: markup, style and script in one file that loads nothing.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const page = (file) => at(`src/cli/explore/page/${file}`);

/** The page as it is written, but for the state that it begins with. */
export async function explorePage() {
  const bundle = await rolldown({ input: page("main.ts"), platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  const script = output[0].code.replaceAll("</script", "<\\/script");
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  return readFileSync(page("page.html"), "utf8")
    .replace("VERSION", version)
    .replace("/* script */", () => script);
}
