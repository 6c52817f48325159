/** Bundles of codes, as a form holds them: which are put together, which stand alone. */
import { codesOf, groupOf, type Entry } from '@/kit/forms'

/** What is in no bundle. */
export function isolated(entries: readonly Entry[], groups: readonly string[]): Entry[] {
  const taken = new Set(groups.flatMap(codesOf))
  return entries.filter((entry) => !taken.has(entry.code))
}

/** With these together, taken out of wherever they were; a bundle of which one is left is none. */
export function joined(groups: readonly string[], codes: readonly string[]): string[] {
  const rest = groups.map((group) => codesOf(group).filter((code) => !codes.includes(code)))
  return [...rest, [...new Set(codes)]].filter((each) => each.length > 1).map(groupOf).sort()
}

/** Without what there is no more. */
export function members(groups: readonly string[], entries: readonly Entry[]): string[] {
  const known = new Set(entries.map((entry) => entry.code))
  return groups.map((group) => codesOf(group).filter((code) => known.has(code))).filter((each) => each.length > 1).map(groupOf)
}
