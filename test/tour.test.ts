import { expect, test } from "vitest";
import { draw } from "./render/draw.ts";

// The pictures of docs/tour.md and the page docs/explore.html, drawn again
// and compared; `npm run pictures` writes them.
test.each([
  ["plane", "plot --quantity theta_j --functions asoftmax:m=4,naive:m=4"],
  ["violations", "violations --m 4 --competing 1.5"],
  ["psi", "monotonicity --functions asoftmax:m=4,naive:m=4"],
  [
    "lambda",
    "plot --functions asoftmax:m=4,asoftmax:m=4:lambda=1,asoftmax:m=4:lambda=5,asoftmax:m=4:lambda=20,softmax",
  ],
  ["embeddings", "measure --input test/fixtures/digits-asoftmax-m4-3d.csv"],
  ["descent", "descend --start 2 --competing 1.5 --functions asoftmax:m=4,naive:m=4,asoftmax:m=4:lambda=5 --steps 100"],
])("%s.svg: asoftmax %s", async (name, line) => {
  await expect(await draw(line, "svg")).toMatchFileSnapshot(`../docs/tour/${name}.svg`);
});

// JavaScript, for which there are no types.
const BUILD: string = "../src/build/explore-page.js";

test("explore.html", { timeout: 60_000 }, async () => {
  const { explorePage } = await import(BUILD);
  await expect(await explorePage()).toMatchFileSnapshot("../docs/explore.html");
});
