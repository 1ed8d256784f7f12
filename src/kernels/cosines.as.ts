// The inner loops of the cosine search, in AssemblyScript, in the module's own memory: unit vectors rounded to 16 bits,
// dot products of features with one panel of 8 class vectors, comparisons with bounds, and sums of powers. features:
// quads of 4 rows, two components of each at a time (16 bits each, 16 bytes); panel: 8 class vectors likewise (32
// bytes). Components are multiplied by a factor of the vector, so large that the part of a vector in a segment is no
// longer than 46340: dot products of segments are exact in 32 bits, and their sum depends on nothing but two vectors.

/** 2^x as JavaScript has it. */
declare function exp2(x: f32): f64;

/** The largest component of a vector of floats, so many bytes long (a multiple of 16), without its sign. */
export function largest(vector: usize, bytes: i32): f32 {
  let top = f32x4.splat(0);
  for (const end = vector + bytes; vector != end; vector += 16) top = f32x4.max(top, f32x4.abs(v128.load(vector)));
  top = f32x4.max(top, i32x4.shuffle(top, top, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(top, i32x4.shuffle(top, top, 1, 0, 3, 2)), 0);
}

// Of the last vector that was rounded: the sum of its components times the factor, and of what rounding left out.
let total: f32 = 0;
let totalLeft: f32 = 0;
export function componentSum(): f32 {
  return total;
}
export function leftSum(): f32 {
  return totalLeft;
}

/**
 * Rounds the components of a vector, times a factor, to 16 bits: two go to out, the next two `stride` bytes further on.
 * Returns the square of the length of what rounding left out.
 */
export function quantize(vector: usize, bytes: i32, factor: f32, out: usize, stride: usize): f32 {
  let left = f32x4.splat(0), sum = left, sumLeft = left;
  for (const end = vector + bytes; vector != end; vector += 16, out += 2 * stride) {
    const exact = f32x4.mul(v128.load(vector), f32x4.splat(factor));
    const whole = f32x4.nearest(exact);
    const rest = f32x4.sub(exact, whole);
    left = f32x4.add(left, f32x4.mul(rest, rest));
    sum = f32x4.add(sum, exact);
    sumLeft = f32x4.add(sumLeft, rest);
    const words = i32x4.trunc_sat_f32x4_s(whole);
    const pairs = i16x8.narrow_i32x4_s(words, words);
    v128.store32_lane(out, pairs, 0);
    v128.store32_lane(out + stride, pairs, 1);
  }
  total = lanesOf(sum);
  totalLeft = lanesOf(sumLeft);
  return lanesOf(left);
}

@inline
function lanesOf(x: v128): f32 {
  const pairs = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/**
 * Writes 8 scores for each of 4 * quads rows: the dot products of segments of so many bytes of the panel, added up as
 * floats, times the scales of the row and of the class vector, and the product of their shares.
 */
export function multiply(
  q: usize,
  quads: i32,
  panel: usize,
  panelBytes: i32,
  scores: usize,
  segmentBytes: i32,
  rowScales: usize,
  rowShares: usize,
  classScales: usize,
  classShares: usize,
): void {
  const end = panel + panelBytes;
  do {
    for (let at = scores; at != scores + 128; at += 16) v128.store(at, f32x4.splat(0));
    let w = panel;
    do {
      const stop = min(w + segmentBytes, end);
      let s00 = i32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      do {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        let f = v128.load32_splat(q);
        s00 = i32x4.add(s00, i32x4.dot_i16x8_s(f, w0));
        s01 = i32x4.add(s01, i32x4.dot_i16x8_s(f, w1));
        f = v128.load32_splat(q, 4);
        s10 = i32x4.add(s10, i32x4.dot_i16x8_s(f, w0));
        s11 = i32x4.add(s11, i32x4.dot_i16x8_s(f, w1));
        f = v128.load32_splat(q, 8);
        s20 = i32x4.add(s20, i32x4.dot_i16x8_s(f, w0));
        s21 = i32x4.add(s21, i32x4.dot_i16x8_s(f, w1));
        f = v128.load32_splat(q, 12);
        s30 = i32x4.add(s30, i32x4.dot_i16x8_s(f, w0));
        s31 = i32x4.add(s31, i32x4.dot_i16x8_s(f, w1));
        q += 16;
        w += 32;
      } while (w != stop);
      addTo(scores, s00);
      addTo(scores + 16, s01);
      addTo(scores + 32, s10);
      addTo(scores + 48, s11);
      addTo(scores + 64, s20);
      addTo(scores + 80, s21);
      addTo(scores + 96, s30);
      addTo(scores + 112, s31);
    } while (w != end);
    for (let row = 0; row < 4; row++, rowScales += 4, rowShares += 4, scores += 32) {
      const scale = v128.load32_splat(rowScales);
      const share = v128.load32_splat(rowShares);
      for (let half = 0; half < 32; half += 16) {
        const scaled = f32x4.mul(v128.load(scores + half), f32x4.mul(scale, v128.load(classScales + half)));
        v128.store(scores + half, f32x4.add(scaled, f32x4.mul(share, v128.load(classShares + half))));
      }
    }
  } while (--quads);
}

@inline
function addTo(scores: usize, sums: v128): void {
  v128.store(scores, f32x4.add(v128.load(scores), f32x4.convert_i32x4_s(sums)));
}

/**
 * Counts for each row the scores below its lower bound, and lists the rows of which a score lies from the lower to the
 * upper one (NaN does neither); returns how many. For each row: lower bound, upper bound, count.
 */
export function below(scores: usize, rows: i32, bounds: usize, list: usize): i32 {
  let found = 0;
  for (let row = 0; row < rows; row++) {
    const lo = v128.load32_splat(bounds);
    const hi = v128.load32_splat(bounds, 4);
    const s0 = v128.load(scores);
    const s1 = v128.load(scores, 16);
    const below0 = f32x4.lt(s0, lo);
    const below1 = f32x4.lt(s1, lo);
    const count = popcnt(i32x4.bitmask(below0) | (i32x4.bitmask(below1) << 4));
    store<i32>(bounds, load<i32>(bounds, 8) + count, 8);
    store<i32>(list + (found << 2), row);
    const within = v128.or(v128.andnot(f32x4.le(s0, hi), below0), v128.andnot(f32x4.le(s1, hi), below1));
    found += i32(v128.any_true(within));
    scores += 32;
    bounds += 12;
  }
  return found;
}

/**
 * Adds 2^(rate (score - shift)) to the sum of each row, shift being the largest score so far; NaN adds nothing. For
 * each row: rate and shift as floats, the sum as two doubles to be added.
 */
export function addPowers(scores: usize, rows: i32, sums: usize): void {
  for (let row = 0; row < rows; row++) {
    const rate = v128.load32_splat(sums);
    let shift = v128.load32_splat(sums, 4);
    // pmax gives its first operand where the second is NaN.
    let top = f32x4.pmax(f32x4.pmax(shift, v128.load(scores)), v128.load(scores, 16));
    if (v128.any_true(f32x4.gt(top, shift))) {
      top = f32x4.pmax(top, i32x4.shuffle(top, top, 2, 3, 0, 1));
      top = f32x4.pmax(top, i32x4.shuffle(top, top, 1, 0, 3, 2));
      const scale = exp2(f32x4.extract_lane(f32x4.mul(rate, f32x4.sub(shift, top)), 0));
      v128.store(sums, f64x2.mul(v128.load(sums, 8), f64x2.splat(scale)), 8);
      shift = top;
      store<f32>(sums, f32x4.extract_lane(top, 0), 4);
    }
    const powers = f32x4.add(
      powersOf(f32x4.mul(rate, f32x4.sub(v128.load(scores), shift))),
      powersOf(f32x4.mul(rate, f32x4.sub(v128.load(scores, 16), shift))),
    );
    v128.store(sums, f64x2.add(v128.load(sums, 8), f64x2.add(lowDoubles(powers), highDoubles(powers))), 8);
    scores += 32;
    sums += 24;
  }
}

/** 2^x for x <= 0, to 2e-7: the polynomial of exp2f in Cephes on [-1/2, 1/2]. 2^NaN is next to nothing. */
@inline
function powersOf(exponent: v128): v128 {
  let x = f32x4.pmax(f32x4.splat(-126), exponent);
  const whole = f32x4.nearest(x);
  x = f32x4.sub(x, whole);
  let s = f32x4.splat(1.535336188319500e-4);
  s = f32x4.add(f32x4.mul(s, x), f32x4.splat(1.339887440266574e-3));
  s = f32x4.add(f32x4.mul(s, x), f32x4.splat(9.618437357674640e-3));
  s = f32x4.add(f32x4.mul(s, x), f32x4.splat(5.550332471162809e-2));
  s = f32x4.add(f32x4.mul(s, x), f32x4.splat(2.402264791363012e-1));
  s = f32x4.add(f32x4.mul(s, x), f32x4.splat(6.931472028550421e-1));
  s = f32x4.add(f32x4.mul(s, x), f32x4.splat(1));
  return f32x4.mul(s, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23));
}

/** The dot product of two vectors of floats, so many bytes long (a multiple of 16), in double. */
export function dot(a: usize, b: usize, bytes: i32): f64 {
  let s = f64x2.splat(0);
  let t = s;
  for (const end = a + bytes; a != end; a += 16, b += 16) {
    const x = v128.load(a);
    const y = v128.load(b);
    s = f64x2.add(s, f64x2.mul(lowDoubles(x), lowDoubles(y)));
    t = f64x2.add(t, f64x2.mul(highDoubles(x), highDoubles(y)));
  }
  s = f64x2.add(s, t);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

@inline
function lowDoubles(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

@inline
function highDoubles(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 0, 1));
}
