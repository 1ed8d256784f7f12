import { twoProduct, twoSum } from "../core/exact.ts";

/**
 * Doubles from and to decimal text in bytes, as Number and String would have it, several times faster for the numbers
 * that files of angles hold. Powers of ten up to 10^22 are doubles, so scaling by them is an error-free product; wherever that does
 * not settle the last digit, and for anything unusual, Number and String are asked.
 */

const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const ZERO = 48;
const POINT = 46;
const MINUS = 45;
const SPLIT = 1e8;

/** The number that bytes[start, end) spell as plain digits with at most one point and a minus; undefined for anything else. */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  let i = start;
  const negative = bytes[i] === MINUS;
  if (negative) i++;
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let digits = 0;
  let point = -1;
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits < 9) high = high * 10 + digit;
      else {
        low = low * 10 + digit;
        lowDigits++;
      }
      // A leading zero is no digit of the number.
      if (high > 0) digits++;
    } else if (digit === POINT - ZERO && point < 0) point = i;
    else return undefined;
  }
  const places = point < 0 ? 0 : end - 1 - point;
  if (digits > 17 || places > 22 || end - start - places < (negative ? 2 : 1)) return undefined;
  if (point >= 0 && places === 0) return undefined;
  const value = quotient(high * POWERS[lowDigits]!, low, POWERS[places]!);
  return value === undefined || !negative ? value : -value;
}

/** (high + low) / power to the nearest double; undefined where the nearest is not certain. */
function quotient(high: number, low: number, power: number): number | undefined {
  const whole = twoSum(high, low);
  const q = whole.hi / power;
  const back = twoProduct(q, power);
  const rest = (whole.hi - back.hi - back.lo + whole.lo) / power;
  const value = q + rest;
  const slack = rest * 2 ** -40;
  return q + (rest + slack) === value && q + (rest - slack) === value ? value : undefined;
}

const LEAST = 2 ** -17;
const MOST = 2 ** 49;

// By the binary exponent of x, from that of LEAST on: half the distance to the next double, and the decimal places that
// scale x to 17 digits, or to 18 where 10 lies inside the binade.
const binades = Array.from({ length: 66 }, (_, i) => 2 ** (i - 17));
const HALF_SPACING = Float64Array.from(binades, (x) => x * 2 ** -53);
const PLACES = Uint8Array.from(binades, (x) => 16 - Math.floor(Math.log10(x)));

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

// How near to a tie a digit may come before String is asked: far above the rounding of what is compared.
const DOUBT = 1e-5;

/** Writes x into bytes at a place as String(x) has it (-0 as 0) and returns the place after it; it needs up to 26 bytes. */
export function writeDecimal(x: number, bytes: Uint8Array, at: number): number {
  if (x < 0) {
    bytes[at] = MINUS;
    return writeDecimal(-x, bytes, at + 1);
  }
  const end = x >= LEAST && x < MOST ? writePositive(x, bytes, at) : -1;
  return end < 0 ? writeAscii(String(x), bytes, at) : end;
}

export function writeAscii(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/**
 * The shortest digits that read back, found on x * 10^places, which has 17 digits before its point and is held exactly.
 * -1 where they are not certain, or x is a power of two, whose neighbours lie unevenly.
 */
function writePositive(x: number, bytes: Uint8Array, at: number): number {
  double[0] = x;
  if (words[0] === 0 && (words[1]! & 0xfffff) === 0) return -1;
  const binade = (words[1]! >>> 20) - 1023 + 17;
  let places = PLACES[binade]!;
  if (x * POWERS[places]! >= 1e17) places--;
  const power = POWERS[places]!;
  const scaled = twoProduct(x, power);
  const reach = HALF_SPACING[binade]! * power;
  let high = Math.floor(scaled.hi / SPLIT);
  const low = scaled.hi - high * SPLIT + scaled.lo;
  let chosen = Math.round(low);
  if (!(Math.abs(low - chosen) < 0.5 - DOUBT) || chosen < 0) return -1;
  for (let step = 10; step <= SPLIT; step *= 10) {
    const nearest = Math.round(low / step) * step;
    const distance = Math.abs(low - nearest);
    if (Math.abs(distance - reach) < DOUBT || Math.abs(distance - step / 2) < DOUBT) return -1;
    if (distance > reach) break;
    chosen = nearest;
  }
  if (chosen >= SPLIT) {
    chosen -= SPLIT;
    high++;
  }
  return high >= 10 * SPLIT ? -1 : writeDigits(high, chosen, 17 - places, bytes, at);
}

/** Writes the 9 digits of high and the 8 of low, whole of them before the point, without zeros at the end. */
function writeDigits(high: number, low: number, whole: number, bytes: Uint8Array, at: number): number {
  let first = at;
  if (whole <= 0) {
    bytes[first++] = ZERO;
    bytes[first++] = POINT;
    for (let i = whole; i < 0; i++) bytes[first++] = ZERO;
  }
  // All digits from first on; those before the point stand one byte too far and are moved down to let it in.
  if (whole <= 0) first--;
  let rest = low | 0;
  for (let i = first + 17; i > first + 9; i -= 2) rest = writePair(rest, bytes, i);
  rest = high | 0;
  for (let i = first + 9; i > first + 1; i -= 2) rest = writePair(rest, bytes, i);
  bytes[first + 1] = ZERO + rest;
  let end = first + 17;
  while (bytes[end] === ZERO) end--;
  if (whole <= 0) return end + 1;
  for (let i = 0; i < whole; i++) bytes[first + i] = bytes[first + i + 1]!;
  bytes[first + whole] = POINT;
  return end <= first + whole ? first + whole : end + 1;
}

/** Writes the last two digits of n before the place after them and returns the rest of n. */
function writePair(n: number, bytes: Uint8Array, last: number): number {
  const rest = (n / 100) | 0;
  const pair = n - rest * 100;
  const ten = (pair * 103) >> 10;
  bytes[last] = ZERO + pair - ten * 10;
  bytes[last - 1] = ZERO + ten;
  return rest;
}
