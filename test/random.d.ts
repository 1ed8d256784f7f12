/** Numbers in [0, 1), the same for a seed in every run. */
export declare function random(seed: number): () => number;
/** Whole numbers below n, the same for a seed in every run. */
export declare function below(seed: number): (n: number) => number;
export declare function oneOf<T>(list: readonly T[], random: (n: number) => number): T;
