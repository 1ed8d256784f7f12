import { divide, doubleDouble, halfPiTimes, multiply } from "./double-double.ts";

/** Angles of data up to this far above pi are taken for pi: float32's pi is 8.7e-8 above it. */
export const PI_SLACK = 1e-6;

/** The double nearest to coefficient * pi / divisor, for doubles of moderate size. */
export function timesPi(coefficient: number, divisor = 1): number {
  return divide(multiply(halfPiTimes(2), coefficient), divisor).hi;
}

/** Degrees to radians, rounded once: fromDegrees(180) is the double pi. */
export const fromDegrees = (degrees: number): number => timesPi(degrees, 180);

/**
 * Radians to degrees, within an ulp: rounded once, or to 15 digits where fromDegrees converts those to the same radians
 * (the double nearest pi/6 is 30.000000000000002 degrees: the result is 30).
 */
export function toDegrees(radians: number): number {
  const degrees = divide(multiply(doubleDouble(radians), 180), halfPiTimes(2)).hi;
  const short = Number(degrees.toPrecision(15));
  return fromDegrees(short) === radians ? short : degrees;
}

/**
 * [p, q] where theta is a double nearest to p pi/q (or its neighbour) and
 * q <= largest, in lowest terms; else undefined.
 */
export function asFractionOfPi(theta: number, largest = 24): [p: number, q: number] | undefined {
  for (let q = 1; q <= largest; q++) {
    const p = Math.round((theta * q) / Math.PI);
    if (Math.abs(timesPi(p, q) - theta) <= theta * 2 ** -52) return [p, q];
  }
  return undefined;
}
