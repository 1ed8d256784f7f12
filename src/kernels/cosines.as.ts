// The inner loops of the cosine search, in AssemblyScript, in the module's own memory: dot products of features with one panel of 8
// class vectors, comparisons with bounds, and sums of powers. features: quads of 4 rows, two components of each at a time (16 bits each, 16 bytes);
// panel: 8 class vectors likewise (32 bytes). Components are unit vectors times 32767, so that no sum leaves 32 bits; sums are
// exact and depend on nothing but two vectors.

const UNIT: f32 = 9.313794180343393e-10;

/** 2^x as JavaScript has it. */
declare function exp2(x: f32): f64;

/** Writes 8 scores for each of 4 * quads rows. */
export function multiply(q: usize, quads: i32, panel: usize, panelBytes: i32, scores: usize): void {
  const end = panel + panelBytes;
  do {
    let s00 = i32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    let w = panel;
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
    } while (w != end);
    writeRow(scores, s00, s01);
    writeRow(scores + 32, s10, s11);
    writeRow(scores + 64, s20, s21);
    writeRow(scores + 96, s30, s31);
    scores += 128;
  } while (--quads);
}

@inline
function writeRow(scores: usize, first: v128, second: v128): void {
  v128.store(scores, f32x4.mul(f32x4.convert_i32x4_s(first), f32x4.splat(UNIT)));
  v128.store(scores, f32x4.mul(f32x4.convert_i32x4_s(second), f32x4.splat(UNIT)), 16);
}

/**
 * Counts for each row the scores below its lower bound, and lists the rows of which a score lies from the lower to the upper one
 * (NaN does neither); returns how many. For each row: lower bound, upper bound, count.
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
 * Adds 2^(rate (score - shift)) to the sum of each row, shift being the largest score so far; NaN adds nothing.
 * For each row: rate and shift as floats, the sum as two doubles to be added.
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
