import { psiColumns, Region } from "../kernels/rows.ts";
import type { NumberColumn } from "../render/result.ts";

/** The columns of psiValues, in the order of the kernel. */
export const PSI_COLUMNS = ["k", "psi", "dpsi_dtheta", "dpsi_dcos", "cos_m_theta", "cos_theta"] as const;

/**
 * Gives, for m and a column of angles at an address, the columns of psiValues; of those that are not wanted nothing is computed, and they have no address.
 * The results are valid until the next ones.
 */
export function psiOfColumn(wanted: readonly string[] = PSI_COLUMNS) {
  const regions = PSI_COLUMNS.map((name) => (wanted.includes(name) ? new Region() : undefined));
  return (m: number, thetas: number, count: number): NumberColumn[] => {
    const places = regions.map((region) => region?.reserve(8 * count) ?? 0);
    psiColumns(m, thetas, count, ...places);
    return places.map((address) => ({ address }));
  };
}
