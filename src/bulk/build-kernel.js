// Writes kernel.ts, the matrix product in WebAssembly (npm run build:kernel); a test holds the two together.
import wabt from "wabt";

const each = (items, text) => items.map(text).join("\n      ");
/** A quad by a panel: of each row of the quad two sums, for the first 4 classes and the others. */
const SUMS = [0, 1, 2, 3].flatMap((row) => [0, 1].map((half) => ({ row, half, name: `$s${row}${half}` })));
const floats = (x) => `(v128.const f32x4 ${x} ${x} ${x} ${x})`;
/** The vector with its halves changed for each other. */
const turned = (name) =>
  `(i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get ${name}) (local.get ${name}))`;
const lowDoubles = (name) => `(f64x2.promote_low_f32x4 (local.get ${name}))`;
const highDoubles = (name) => `(f64x2.promote_low_f32x4 ${turned(name)})`;

/** Two components more of the 4 x 8 sums; the components of the classes are in $w0 and $w1. */
const step = `
      (local.set $w0 (v128.load (local.get $w)))
      (local.set $w1 (v128.load offset=16 (local.get $w)))
      ${each(SUMS, ({ row, half, name }) =>
        [
          ...(half === 0 ? [`(local.set $f (v128.load32_splat offset=${4 * row} (local.get $q)))`] : []),
          `(local.set ${name} (i32x4.add (local.get ${name}) (i32x4.dot_i16x8_s (local.get $f) (local.get $w${half}))))`,
        ].join("\n      "),
      )}
      (local.set $q (i32.add (local.get $q) (i32.const 16)))`;
const next = "(local.tee $w (i32.add (local.get $w) (i32.const 32))) (local.get $end)";

/** 2^x on [-1/2, 1/2]: the polynomial of exp2f in Cephes, to 2e-7. */
const POWER = [
  ...["1.535336188319500e-4", "1.339887440266574e-3", "9.618437357674640e-3", "5.550332471162809e-2"],
  ...["2.402264791363012e-1", "6.931472028550421e-1", "1"],
];

// Dot products of vectors of whole numbers: rows of features against one panel of 8 class vectors, and what is told from them.
// features: quads of 4 rows, two components of each at a time (16 bits each, 16 bytes); panel: 8 class vectors likewise (32 bytes).
// Components are unit vectors times 32767, so that no sum leaves 32 bits; sums are exact and depend on nothing but two vectors.
const source = `(module
  (import "js" "exp2" (func $exp2 (param f32) (result f64)))
  (memory (export "memory") 1)

  ;; Writes 8 scores for each of 4 * quads rows.
  (func (export "multiply")
    (param $q i32) (param $quads i32) (param $panel i32) (param $panelBytes i32) (param $scores i32)
    (local $w i32) (local $end i32) (local $f v128) (local $w0 v128) (local $w1 v128)
    ${each(SUMS, ({ name }) => `(local ${name} v128)`)}
    (local.set $end (i32.add (local.get $panel) (local.get $panelBytes)))
    (loop $quad
      ${each(SUMS, ({ name }) => `(local.set ${name} (v128.const i32x4 0 0 0 0))`)}
      (local.set $w (local.get $panel))
      ;; Three steps a turn, each with its own way out: this saves stack checks, and the branch between two steps keeps
      ;; the compiler from loading ahead for both, for which there are too few registers.
      (block $done (loop $component
      ${step}
      (br_if $done (i32.eq ${next}))
      ${step}
      (br_if $done (i32.eq ${next}))
      ${step}
      (br_if $component (i32.ne ${next}))))
      ${each(
        SUMS,
        ({ name }, i) => `(v128.store offset=${16 * i} (local.get $scores)
        (f32x4.mul (f32x4.convert_i32x4_s (local.get ${name})) ${floats("9.313794180343393e-10")}))`,
      )}
      (local.set $scores (i32.add (local.get $scores) (i32.const 128)))
      (br_if $quad (local.tee $quads (i32.sub (local.get $quads) (i32.const 1))))))

  ;; Counts for each row the scores below its lower limit, and lists the rows of which a score lies from the lower to the upper one
  ;; (NaN does neither); returns how many. For each row: lower limit, upper limit, count.
  (func (export "below")
    (param $scores i32) (param $rows i32) (param $limits i32) (param $list i32) (result i32)
    (local $row i32) (local $found i32) (local $s0 v128) (local $s1 v128) (local $lo v128) (local $hi v128)
    (local $below0 v128) (local $below1 v128)
    (loop $next
      (local.set $lo (v128.load32_splat (local.get $limits)))
      (local.set $hi (v128.load32_splat offset=4 (local.get $limits)))
      (local.set $s0 (v128.load (local.get $scores)))
      (local.set $s1 (v128.load offset=16 (local.get $scores)))
      (local.set $below0 (f32x4.lt (local.get $s0) (local.get $lo)))
      (local.set $below1 (f32x4.lt (local.get $s1) (local.get $lo)))
      (i32.store offset=8 (local.get $limits) (i32.add (i32.load offset=8 (local.get $limits)) (i32.popcnt
        (i32.or (i32x4.bitmask (local.get $below0)) (i32.shl (i32x4.bitmask (local.get $below1)) (i32.const 4))))))
      (i32.store (i32.add (local.get $list) (i32.shl (local.get $found) (i32.const 2))) (local.get $row))
      (local.set $found (i32.add (local.get $found) (v128.any_true (v128.or
        (v128.andnot (f32x4.le (local.get $s0) (local.get $hi)) (local.get $below0))
        (v128.andnot (f32x4.le (local.get $s1) (local.get $hi)) (local.get $below1))))))
      (local.set $scores (i32.add (local.get $scores) (i32.const 32)))
      (local.set $limits (i32.add (local.get $limits) (i32.const 12)))
      (br_if $next (i32.ne (local.tee $row (i32.add (local.get $row) (i32.const 1))) (local.get $rows))))
    (local.get $found))

  ;; Adds 2^(rate (score - shift)) to the sum of each row, shift being the largest score so far; NaN adds nothing.
  ;; For each row: rate and shift as floats, the sum as two doubles to be added.
  (func (export "addPowers")
    (param $scores i32) (param $rows i32) (param $sums i32)
    (local $row i32) (local $half i32) (local $s v128) (local $top v128) (local $rate v128) (local $shift v128)
    (local $x v128) (local $whole v128) (local $powers v128) (local $scale f64)
    (loop $next
      (local.set $rate (v128.load32_splat (local.get $sums)))
      (local.set $shift (v128.load32_splat offset=4 (local.get $sums)))
      ;; pmax gives its first operand where the second is NaN.
      (local.set $top (f32x4.pmax
        (f32x4.pmax (local.get $shift) (v128.load (local.get $scores))) (v128.load offset=16 (local.get $scores))))
      (if (v128.any_true (f32x4.gt (local.get $top) (local.get $shift))) (then
        (local.set $top (f32x4.pmax (local.get $top) ${turned("$top")}))
        (local.set $top (f32x4.pmax (local.get $top)
          (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $top) (local.get $top))))
        (local.set $scale (call $exp2 (f32x4.extract_lane 0
          (f32x4.mul (local.get $rate) (f32x4.sub (local.get $shift) (local.get $top))))))
        (v128.store offset=8 (local.get $sums)
          (f64x2.mul (v128.load offset=8 (local.get $sums)) (f64x2.splat (local.get $scale))))
        (local.set $shift (local.get $top))
        (f32.store offset=4 (local.get $sums) (f32x4.extract_lane 0 (local.get $top)))))
      (local.set $powers ${floats(0)})
      (local.set $half (i32.const 2))
      (loop $again
        (local.set $s (v128.load (local.get $scores)))
        (local.set $x (f32x4.pmax ${floats(-126)}
          (f32x4.mul (local.get $rate) (f32x4.sub (local.get $s) (local.get $shift)))))
        (local.set $whole (f32x4.nearest (local.get $x)))
        (local.set $x (f32x4.sub (local.get $x) (local.get $whole)))
        (local.set $s ${floats(POWER[0])})
        ${each(POWER.slice(1), (c) => `(local.set $s (f32x4.add (f32x4.mul (local.get $s) (local.get $x)) ${floats(c)}))`)}
        (local.set $powers (f32x4.add (local.get $powers) (f32x4.mul (local.get $s)
          (i32x4.shl (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $whole)) (v128.const i32x4 127 127 127 127)) (i32.const 23)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 16)))
        (br_if $again (local.tee $half (i32.sub (local.get $half) (i32.const 1)))))
      (v128.store offset=8 (local.get $sums) (f64x2.add (v128.load offset=8 (local.get $sums))
        (f64x2.add ${lowDoubles("$powers")} ${highDoubles("$powers")})))
      (local.set $sums (i32.add (local.get $sums) (i32.const 24)))
      (br_if $next (i32.ne (local.tee $row (i32.add (local.get $row) (i32.const 1))) (local.get $rows)))))

  ;; The dot product of two vectors of floats, so many bytes long (a multiple of 16), in double.
  (func (export "dot") (param $a i32) (param $b i32) (param $bytes i32) (result f64)
    (local $x v128) (local $y v128) (local $s v128) (local $t v128)
    (loop $next
      (local.set $x (v128.load (local.get $a)))
      (local.set $y (v128.load (local.get $b)))
      (local.set $s (f64x2.add (local.get $s) (f64x2.mul ${lowDoubles("$x")} ${lowDoubles("$y")})))
      (local.set $t (f64x2.add (local.get $t) (f64x2.mul ${highDoubles("$x")} ${highDoubles("$y")})))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $next (local.tee $bytes (i32.sub (local.get $bytes) (i32.const 16)))))
    (local.set $s (f64x2.add (local.get $s) (local.get $t)))
    (f64.add (f64x2.extract_lane 0 (local.get $s)) (f64x2.extract_lane 1 (local.get $s)))))`;

const { buffer } = (await wabt()).parseWat("kernel", source, { simd: true }).toBinary({});
const bytes = Buffer.from(buffer).toString("base64");
console.log(`/** What build-kernel.js assembles, as base64. */\nexport const kernel =\n  "${bytes}";`);
