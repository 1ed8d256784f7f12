// psi

export { anglesOfValue, type Inverse, inverse, type Occurrence } from "./core/inverse.ts";
export { type PsiValues, psi, psiArray, psiValues, segment } from "./core/psi.ts";

// Conditions and margin

export { angleBetween } from "./core/angle-between.ts";
export { type Conditions, conditions, type Margin, marginOf } from "./core/margin.ts";
export { type Violation, violations } from "./core/violations.ts";

// Target functions

export { type Direction, type Monotonicity, monotonicity, type Stretch } from "./core/monotonicity.ts";
export { targetFromSpec } from "./core/notation.ts";
export {
  arcface,
  arcfaceClip,
  arcfaceEasy,
  arcfaceHard,
  arcfacePlain,
  arcfaceReflect,
  arcfaceShift,
  asoftmax,
  combined,
  cosface,
  naive,
  softmax,
  spherefaceR1,
  spherefaceR2,
  type TargetConstructor,
  type TargetParameters,
} from "./core/target-functions.ts";
export type { Piece, Pieces, Target } from "./core/targets.ts";

// Training

export { floorIteration, lambdaAt, psiWeight, type Schedule, schedules } from "./core/anneal.ts";
export { type Boundary, boundary } from "./core/boundary.ts";
export { bounds, type PropertyBounds } from "./core/bounds.ts";
export { anglesOfLoss, neededScale, sameBoundary, sameValue, simplexAngle } from "./core/choosing.ts";
export { type Descent, type DescentStep, descend, type Outcome, outcome } from "./core/descend.ts";
export { type SampleLoss, sampleLoss } from "./core/loss.ts";
export { isWanted, minima, type RestPoint, wantedMargin } from "./core/minima.ts";

// Claims and audit

export { type AuditTable, audit } from "./audit/audit.ts";
export type { AuditResult, Check, KnownMistake } from "./audit/check.ts";
export type { LossSample } from "./audit/loss-program.ts";
export type { Dtype } from "./audit/tolerance.ts";
export { auditLoss } from "./audit/whole-loss.ts";
export { type Claim, claims } from "./core/claims.ts";

// What results hold, and errors

export type { DoubleDouble } from "./core/double-double.ts";
export { ParameterError } from "./core/errors.ts";
export { type AngleFigure, type Message, messageText } from "./core/message.ts";
