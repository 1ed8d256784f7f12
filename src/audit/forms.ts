import { dot, type Form, type Weights } from "./fit.ts";

const whole = (sum: Weights | undefined) => (sum && Object.values(sum).every(Number.isFinite) ? sum : undefined);

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
    solve: (v, p, f) => {
      const g = f.map((x, i) => plain * p[i]! + own * x);
      return whole({ scale: dot(g, v) / dot(g, g), plain, own });
    },
  };
  const otherLambda: Form = {
    name: blend,
    found: lambdaOf,
    weights: (lambda) => ({ scale: 1, ...blendOf(lambda!) }),
    solve: (v, p, f) => {
      const [difference, left] = [f, v].map((column) => column.map((x, i) => x - p[i]!)) as [number[], number[]];
      const share = dot(difference, left) / dot(difference, difference);
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
    solve: (v, p, f) => {
      const left = v.map((x, i) => x - own * f[i]!);
      return whole({ scale: 1, plain: dot(p, left) / dot(p, p), own });
    },
  };
  const both: Form = {
    name: lambda === 0 ? "a scale factor and a lambda blend are left in" : `${scale.name}, and ${blend}`,
    found: { ...scaleOf, ...lambdaOf },
    weights: (scale, lambda) => ({ scale: scale!, ...blendOf(lambda!) }),
    solve: (v, p, f) => {
      const masked = p.map((x, i) => (Number.isNaN(f[i]!) ? Number.NaN : x));
      const [ff, pp, fp] = [dot(f, f), dot(masked, masked), dot(f, p)];
      const determinant = ff * pp - fp * fp;
      if (!(determinant > APART * ff * pp)) return undefined;
      const [fv, pv] = [dot(f, v), dot(masked, v)];
      const [a, b] = [(pp * fv - fp * pv) / determinant, (ff * pv - fp * fv) / determinant];
      const sum = a + b;
      return a / sum > 0 && a / sum < 1 + 1e-3
        ? whole({ scale: sum, plain: Math.max(0, b / sum), own: Math.min(1, a / sum) })
        : undefined;
    },
  };
  return { none, scale, otherLambda, weight, both };
}
