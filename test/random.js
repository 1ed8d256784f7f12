/** Numbers in [0, 1), the same for a seed in every run (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whole numbers below n, the same for a seed in every run. */
export function below(seed) {
  const next = random(seed);
  return (n) => Math.floor(next() * n);
}

export const oneOf = (list, random) => list[random(list.length)];
