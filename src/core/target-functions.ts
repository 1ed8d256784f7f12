/** A function for each target function, by its name. */
import { makeTarget, type Target, targetDefinition } from "./targets.ts";

/** The parameters of a target function by name; each has a default. lambda >= 0, by default 0, blends in cos(theta). */
export type TargetParameters<Name extends string = never> = { readonly [P in Name | "lambda"]?: number | undefined };

/** Makes a target function. Throws ParameterError for a parameter that it lacks or outside its domain. */
export type TargetConstructor<Name extends string = never> = (parameters?: TargetParameters<Name>) => Target;

const constructorOf =
  <Name extends string = never>(name: string): TargetConstructor<Name> =>
  (parameters = {}) =>
    makeTarget(targetDefinition(name)!, parameters);

/**
 * A-Softmax: (-1)^k cos(m theta) - 2k on [k pi/m, (k+1) pi/m], 1 <= m <= 2^20, by default 4; value and slope are within
 * 0.51 ulp. Throws ParameterError for a parameter outside its domain. Source: SphereFace (arXiv:1704.08063).
 * @example
 * asoftmax({ m: 4, lambda: 5 }).value(Math.PI); // -2
 * asoftmax().spec; // "asoftmax:m=4"
 */
export const asoftmax: TargetConstructor<"m"> = constructorOf("asoftmax");

/**
 * The naive margin: cos(m theta), 0 < m <= 2^20, by default 4. Accuracy and errors as asoftmax.
 * @example
 * naive({ m: 2 }).value(Math.PI); // 1
 */
export const naive: TargetConstructor<"m"> = constructorOf("naive");

/**
 * Softmax without a margin: cos(theta), within 0.51 ulp. Throws ParameterError for a negative or infinite lambda.
 * @example
 * softmax().value(0); // 1
 */
export const softmax: TargetConstructor = constructorOf("softmax");

/**
 * CosFace: cos(theta) - m, 0 <= m <= 2, by default 0.35. Accuracy and errors as asoftmax. Source: arXiv:1801.09414.
 * @example
 * cosface({ m: 0.25 }).value(0); // 0.75
 */
export const cosface: TargetConstructor<"m"> = constructorOf("cosface");

/**
 * ArcFace: cos(theta + m), m in radians, in [0, pi], by default 0.5. Accuracy
 * and errors as asoftmax. Source: arXiv:1801.07698.
 * @example
 * arcface({ m: 0.5 }).value(0) === Math.cos(0.5); // true
 */
export const arcface: TargetConstructor<"m"> = constructorOf("arcface");

/**
 * ArcFace with the easy margin: cos(theta + m) where cos(theta) > 0, else cos(theta). Domain and errors as arcface.
 * @example
 * arcfaceEasy({ m: 0.5 }).value(2) === Math.cos(2); // true
 */
export const arcfaceEasy: TargetConstructor<"m"> = constructorOf("arcface-easy");

/**
 * ArcFace as insightface trains it: cos(theta + m) where theta < pi - m, else
 * cos(theta) - m sin(m). Domain and errors as arcface.
 * @example
 * arcfaceHard({ m: 0.5 }).value(Math.PI); // -1.2397127693021015
 */
export const arcfaceHard: TargetConstructor<"m"> = constructorOf("arcface-hard");

/**
 * The combined margin: cos(m1 theta + m2) - m3, 0 < m1 <= 2^20, m2 in [0, pi] in radians, 0 <= m3
 * <= 2; by default 1, 0.3, 0.2. Accuracy and errors as asoftmax.
 * @example
 * combined({ m2: 0 }).spec; // "combined:m1=1:m2=0:m3=0.2"
 */
export const combined: TargetConstructor<"m1" | "m2" | "m3"> = constructorOf("combined");

/**
 * SphereFace-R, version 1: cos(min(m theta, pi)), 1 <= m <= 2^20, by default 1.7.
 * Accuracy and errors as asoftmax. Source: arXiv:2109.05565.
 * @example
 * spherefaceR1({ m: 2 }).value(3); // -1
 */
export const spherefaceR1: TargetConstructor<"m"> = constructorOf("sphereface-r1");

/**
 * SphereFace-R, version 2: cos(theta) against competing logits cos(theta_j / m), 1
 * <= m <= 2^20, by default 1.7. Errors as asoftmax.
 * @example
 * spherefaceR2({ m: 2 }).competingDivisor; // 2
 */
export const spherefaceR2: TargetConstructor<"m"> = constructorOf("sphereface-r2");

/**
 * ArcFace with the angle held at pi: cos(min(theta + m, pi)). Domain and errors as arcface. Source: OpenSphere.
 * @example
 * arcfaceClip({ m: 0.5 }).value(3); // -1
 */
export const arcfaceClip: TargetConstructor<"m"> = constructorOf("arcface-clip");

/**
 * ArcFace without a margin beyond pi - m: cos(theta + m) where theta < pi - m, else
 * cos(theta). Domain and errors as arcface. Source: FaceX-Zoo.
 * @example
 * arcfacePlain({ m: 0.5 }).value(Math.PI); // -1
 */
export const arcfacePlain: TargetConstructor<"m"> = constructorOf("arcface-plain");

/**
 * ArcFace with the cosine shifted beyond pi - m: cos(theta + m) where theta < pi - m, else cos(theta) - 1 + cos(m).
 * Domain and errors as arcface. Source: WeSpeaker, 3D-Speaker.
 * @example
 * arcfaceShift({ m: 0.5 }).value(Math.PI); // -1.1224174381096272
 */
export const arcfaceShift: TargetConstructor<"m"> = constructorOf("arcface-shift");

/**
 * ArcFace reflected beyond pi - m: cos(theta + m) where theta < pi - m, else -2 - cos(theta +
 * m). Domain and errors as arcface. Source: Keras_insightface.
 * @example
 * arcfaceReflect({ m: 0.5 }).value(Math.PI); // -1.1224174381096272
 */
export const arcfaceReflect: TargetConstructor<"m"> = constructorOf("arcface-reflect");
