/**
 * A diagnosis as it is kept to be compared: numbers to 6 digits, and no residuals, which
 * differ between versions of Node in their last digits.
 */
export const shortened = (diagnosis: string): string =>
  diagnosis
    .replace(/, to within [\d.e-]+/g, "")
    .replace(/\d+\.\d{6,}(e[-+]\d+)?/g, (digits) => String(Number(Number(digits).toPrecision(6))));
