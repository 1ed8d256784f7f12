import type { Form, Weights } from "./fit.ts";

/** The weights where the function has that share; a weight of the cosine a little below 0 is one of 0. */
function shared(share: number, scale: number): Weights | undefined {
  const own = Math.min(share, 1);
  return own > 0 ? { scale, plain: 1 - own, own } : undefined;
}

/** The weights for a lambda. */
const blended = (lambda: number, scale: number): Weights => ({
  scale,
  plain: lambda / (1 + lambda),
  own: 1 / (1 + lambda),
});

/** What the values were divided by: one scale for all, one a row, or none. */
export type GivenScale = number | ArrayLike<number> | undefined;

/** The ways in which the scale and the weight of the cosine are wrong beside a mistake, the simplest first. */
export function formsOf(lambda: number, given: GivenScale) {
  const right = blended(lambda, 1);
  const { plain, own } = right;
  const divided = typeof given === "number" ? given : 1;
  const [scaled, scaleName] =
    given === undefined
      ? ["a scale factor is left in", "scale"]
      : typeof given === "number"
        ? ["another scale", "scale"]
        : ["a factor on the scale", "factor"];
  const scaleOf = { [scaleName]: ({ scale }: Weights) => scale * divided };
  const lambdaOf = { lambda: (found: Weights) => found.plain / found.own };
  const blend = lambda === 0 ? "a lambda blend is left in" : "another lambda";
  return {
    none: { name: "", found: {}, weights: () => right, solve: () => right },
    scale: {
      name: scaled,
      found: scaleOf,
      weights: (scale) => ({ scale: scale! / divided, plain, own }),
      solve: ({ ff, fp, fv, pp, pv }) => {
        const square = plain * plain * pp + 2 * plain * own * fp + own * own * ff;
        return { scale: (plain * pv + own * fv) / square, plain, own };
      },
    },
    otherLambda: {
      name: blend,
      found: lambdaOf,
      weights: (lambda) => blended(lambda!, 1),
      solve: ({ ff, fp, fv, pp, pv }) => shared((fv - fp - pv + pp) / (ff - 2 * fp + pp), 1),
    },
    weight: {
      name: lambda === 0 ? "the cosine is added with a weight" : "the cosine has another weight than lambda",
      found: { weight: (found) => found.plain / own },
      weights: (weight) => ({ scale: 1, plain: weight! * own, own }),
      solve: ({ fp, pp, pv }) => ({ scale: 1, plain: (pv - own * fp) / pp, own }),
    },
    both: {
      name:
        given === undefined && lambda === 0
          ? "a scale factor and a lambda blend are left in"
          : `${scaled}, and ${blend}`,
      found: { ...scaleOf, ...lambdaOf },
      weights: (scale, lambda) => blended(lambda!, scale! / divided),
      solve: ({ ff, fp, fv, pp, pv }) => {
        const determinant = ff * pp - fp * fp;
        const [a, b] = [(pp * fv - fp * pv) / determinant, (ff * pv - fp * fv) / determinant];
        return shared(a / (a + b), a + b);
      },
    },
  } satisfies Record<string, Form>;
}
