/** The first name that stands in the list before, in one pass. */
export function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  // A set that does not grow has the name already.
  return names.find((name) => seen.size === seen.add(name).size);
}
