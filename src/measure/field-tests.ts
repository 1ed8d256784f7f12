/** A test of a value in parsed JSON, which can be anything. */
type FieldTest = (x: unknown) => boolean;

export const isHex: FieldTest = (x) => typeof x === "string" && /^[0-9a-f]+$/.test(x);
export const isCount: FieldTest = (x) => Number.isSafeInteger(x) && (x as number) >= 0;
export const isText: FieldTest = (x) => typeof x === "string";
export const isNumber: FieldTest = (x) => typeof x === "number";
export const isNull: FieldTest = (x) => x === null;
export const or =
  (one: FieldTest, other: FieldTest): FieldTest =>
  (x) =>
    one(x) || other(x);
export const listOf =
  (is: FieldTest, length?: number): FieldTest =>
  (x) =>
    Array.isArray(x) && x.every(is) && x.length === (length ?? x.length);
/** An object that has all of these, each as it must be. */
export const having =
  (tests: Readonly<Record<string, FieldTest>>): FieldTest =>
  (x) =>
    typeof x === "object" && x !== null && Object.entries(tests).every(([key, is]) => is(x[key as keyof typeof x]));
