import { describe, expect, test } from "vitest";
import { isDecimal, parseAngle, parseNumber, targetFromSpec } from "../../src/core/notation.ts";

describe("decimal numbers", () => {
  // biome-ignore format: a table
  const right: [text: string, value: number][] = [
    ["4", 4], ["12.5", 12.5], ["12.", 12], [".5", 0.5], [".25", 0.25], ["+3", 3], ["-3.5", -3.5],
    ["1e3", 1000], ["1E+30", 1e30], ["2.5e-12", 2.5e-12], ["  7 ", 7], ["1e-400", 0], ["\t10\n", 10],
  ];
  test.each(right)("%j is %d", (text, value) => {
    expect([isDecimal(text), parseNumber(text)]).toEqual([true, value]);
  });

  const wrong = ["", " ", ".", "e5", "1e", "1e+", "0x10", "1,5", "1 2", "a1", "1a", "--1", "+-1", "1..2", "1.2.3"];
  test.each([...wrong, "Infinity", "NaN", "1_000", "١"])("%j is none", (text) => {
    expect(isDecimal(text)).toBe(false);
    const message = `"${text.trim()}" is not a number: write a decimal number such as 4 or 1.5`;
    expect(() => parseNumber(` ${text} `)).toThrow(message);
  });

  test("one too large for a double", () => {
    expect(() => parseNumber("1e400")).toThrow("1e400 is too large for a double");
    expect(() => parseNumber("-1e400")).toThrow("-1e400 is too large for a double");
  });
});

describe("angles", () => {
  // biome-ignore format: a table
  const right: [text: string, inDegrees: boolean, radians: number, degrees: number][] = [
    ["1.2", false, 1.2, 68.75493541569878], ["60", true, 1.0471975511965979, 60], ["60deg", false, 1.0471975511965979, 60], ["60°", true, 1.0471975511965979, 60],
    ["60.5 deg", false, 1.0559241974565694, 60.5], ["pi", false, Math.PI, 180], ["π", true, Math.PI, 180], ["PI/2", false, Math.PI / 2, 90],
    ["3pi/4", false, (3 * Math.PI) / 4, 135], ["2 * pi / 3", false, 2.0943951023931957, 120], ["0.5pi", false, Math.PI / 2, 90],
    ["2e-1pi", false, 0.6283185307179587, 36], ["2.5e-1 * pi", false, Math.PI / 4, 45], ["pi/2.5", false, 1.2566370614359172, 72],
    [" 2  *  pi  /  3 ", false, 2.0943951023931957, 120], [" 60deg ", false, 1.0471975511965979, 60],
    ["0", false, 0, 0], ["0pi", false, 0, 0], ["180", true, Math.PI, 180], ["1000000pi/1000000", false, Math.PI, 180],
  ];
  test.each(right)("%j, in degrees: %s", (text, inDegrees, radians, degrees) => {
    expect(parseAngle(text, inDegrees)).toEqual({ radians, degrees });
  });

  // biome-ignore format: a table
  const wrong: [text: string, inDegrees: boolean, message: string][] = [
    ["-0.1", false, "-0.1 lies below 0: an angle lies in [0, pi]"],
    ["3.2", false, "3.2 lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg or use --degrees"],
    ["3.1416", false, "3.1416 lies above pi (3.141592653589793): write pi"],
    ["180.01", true, "180.01 lies above 180: write 180"],
    ["181", true, "181 lies above 180: an angle lies in [0, 180]"],
    ["181deg", false, "181deg lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg or use --degrees"],
    ["2pi", false, "2pi lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg or use --degrees"],
    ["1e300pi", false, "1e300pi lies above pi: an angle lies in [0, pi]"],
    ["pi/0", false, "pi/0 divides by 0"],
    ["pi/", false, '"pi/" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
    ["xpi", false, '"xpi" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
    ["pix", false, '"pix" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
    ["x", true, '"x" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
    ["60degrees", false, '"60degrees" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
    ["deg", false, '"" is not a number: write a decimal number such as 4 or 1.5'],
    ["xdeg", false, '"x" is not a number: write a decimal number such as 4 or 1.5'],
    ["1.2.3pi", false, '"1.2.3" is not a number: write a decimal number such as 4 or 1.5'],
    ["pi/1.2.3", false, '"1.2.3" is not a number: write a decimal number such as 4 or 1.5'],
  ];
  test.each(wrong)("%j, in degrees: %s, is none", (text, inDegrees, message) => {
    expect(() => parseAngle(text, inDegrees)).toThrow(expect.objectContaining({ name: "ParameterError", message }));
  });
});

describe("target functions", () => {
  // biome-ignore format: a table
  const right: [text: string, spec: string][] = [
    ["asoftmax:m=3", "asoftmax:m=3"], [" psi ", "asoftmax:m=4"], ["arcface:m=30deg", "arcface:m=0.5235987755982989"], ["arcface:m=pi/6", "arcface:m=0.5235987755982989"],
    ["combined:m3=0.1:lambda=2", "combined:m1=1:m2=0.3:m3=0.1:lambda=2"], ["combined:m2=90deg", "combined:m1=1:m2=1.5707963267948966:m3=0.2"],
  ];
  test.each(right)("%j is %s", (text, spec) => {
    expect(targetFromSpec(text).spec).toBe(spec);
  });

  // biome-ignore format: a table
  const wrong: [text: string, message: string][] = [
    ["arcface:m",             '"m" in arcface:m is not of the form parameter=value'],
    ["arcface:m=1=2",         '"m=1=2" in arcface:m=1=2 is not of the form parameter=value'],
    ["arcface:m=1:m=1",       "arcface:m=1:m=1 gives m twice"],
    ["arcface:s=64",          "arcface:s=64: a scale is no part of the target function: leave it out (loss, descend, measure and audit take --scale)"],
    ["arcface:scale=64",      "arcface:scale=64: a scale is no part of the target function: leave it out (loss, descend, measure and audit take --scale)"],
    ["arcface:m=x",           '"x" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
    ["arcface:m=30",          "30 lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg"],
    ["cosface:m=30deg",       '"30deg" is not a number: write a decimal number such as 4 or 1.5'],
    ["arcface=0.5",           '"arcface=0.5" is written arcface:m=0.5'],
    ["arcface(0.5)",          '"arcface(0.5)" is written arcface:m=0.5'],
    ["arcface(m=0.5)",        '"arcface(m=0.5)" is written arcface:m=0.5'],
    [" arcface=0.5 ",         '" arcface=0.5 " is written arcface:m=0.5'],
    ["combined(m2=0.5)",      '"combined(m2=0.5)" is written combined:m2=0.5'],
  ];
  test.each(wrong)("%j is none", (text, message) => {
    expect(() => targetFromSpec(text)).toThrow(expect.objectContaining({ name: "ParameterError", message }));
  });

  test.each(["combined=0.5", "softmax(1)", "arcface=0.5:lambda=1", "arcfce=0.5", "arcface()", "combined=m=1"])(
    "%j is unknown",
    (text) => {
      const [name] = text.split(":");
      expect(() => targetFromSpec(text)).toThrow(`there is no target function "${name}": choose from asoftmax, `);
    },
  );

  // biome-ignore format: a table
  const meant: [name: string, meant: string[]][] = [
    ["airface", []], ["arcfaces", []], ["ARC", ["arcface", "arcface-easy", "arcface-hard", "arcface-clip", "arcface-plain", "arcface-shift", "arcface-reflect"]],
    ["l2-softmax", []], ["sphereface+", []], ["spherface", ["sphereface-r1", "sphereface-r2"]],
  ];
  test.each(meant)("%s may be meant for %j", (name, names) => {
    const advise = (_: string, known: readonly string[], near: readonly string[] = []) => {
      expect(known).toContain("arcface-reflect");
      return ` (${near.filter((one) => known.includes(one)).join(", ")})`;
    };
    expect(() => targetFromSpec(name, advise)).toThrow(`there is no target function "${name}" (${names.join(", ")})`);
  });
});
