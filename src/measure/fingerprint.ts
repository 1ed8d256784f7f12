import { createHash } from "node:crypto";

/** The hash by which samples, class vectors and class sums are told from others; digest("hex") gives its text. */
export const newFingerprint = () => createHash("sha256");
