import type { Form, Weights } from "./fit.ts";

/** Nobody's logits are smaller. */
const LEAST_SCALE = 1e-3;

const sound = (found: Weights) =>
  Object.values(found).every(Number.isFinite) && Math.abs(found.scale) >= LEAST_SCALE ? found : undefined;

/** Two columns are told apart if they do not agree, up to a factor, to this share of their squares. */
const APART = 1e-14;

/** The ways in which the scale and the weight of the cosine are wrong beside a mistake, the simplest first. */
export function formsOf(lambda: number) {
  const [plain, own] = [lambda / (1 + lambda), 1 / (1 + lambda)];
  const scaleOf = { scale: ({ scale }: Weights) => scale };
  const lambdaOf = { lambda: (found: Weights) => found.plain / found.own };
  const blendOf = (lambda: number) => ({ plain: lambda / (1 + lambda), own: 1 / (1 + lambda) });
  const blend = lambda === 0 ? "a lambda blend is left in" : "another lambda";
  const none: Form = {
    name: "",
    found: {},
    weights: () => ({ scale: 1, plain, own }),
    solve: () => ({ scale: 1, plain, own }),
  };
  const scale: Form = {
    name: "a scale factor is left in",
    found: scaleOf,
    weights: (scale) => ({ scale: scale!, plain, own }),
    solve: ({ ff, fp, fv, pp, pv }) => {
      const square = plain * plain * pp + 2 * plain * own * fp + own * own * ff;
      return sound({ scale: (plain * pv + own * fv) / square, plain, own });
    },
  };
  const otherLambda: Form = {
    name: blend,
    found: lambdaOf,
    weights: (lambda) => ({ scale: 1, ...blendOf(lambda!) }),
    solve: ({ ff, fp, fv, pp, pv }) => {
      const share = (fv - fp - pv + pp) / (ff - 2 * fp + pp);
      // A weight of the cosine a little below 0 is one of 0.
      return share > 0 && share < 1 + 1e-3
        ? { scale: 1, plain: 1 - Math.min(share, 1), own: Math.min(share, 1) }
        : undefined;
    },
  };
  const weight: Form = {
    name: lambda === 0 ? "the cosine is added with a weight" : "the cosine has another weight than lambda",
    found: { weight: (found) => found.plain / own },
    weights: (weight) => ({ scale: 1, plain: weight! * own, own }),
    solve: ({ fp, pp, pv }) => sound({ scale: 1, plain: (pv - own * fp) / pp, own }),
  };
  const both: Form = {
    name: lambda === 0 ? "a scale factor and a lambda blend are left in" : `${scale.name}, and ${blend}`,
    found: { ...scaleOf, ...lambdaOf },
    weights: (scale, lambda) => ({ scale: scale!, ...blendOf(lambda!) }),
    solve: ({ ff, fp, fv, pp, pv }) => {
      const determinant = ff * pp - fp * fp;
      if (!(determinant > APART * ff * pp)) return undefined;
      const [a, b] = [(pp * fv - fp * pv) / determinant, (ff * pv - fp * fv) / determinant];
      const share = a / (a + b);
      return share > 0 && share < 1 + 1e-3
        ? sound({ scale: a + b, plain: 1 - Math.min(share, 1), own: Math.min(share, 1) })
        : undefined;
    },
  };
  return { none, scale, otherLambda, weight, both };
}
