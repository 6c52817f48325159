/** A history to be read: what one person saved again and again by itself within an hour is one entry, with what it came to. */
import type { Schemas } from '@/api/client'

export type Entry = Schemas['HistoryEntry']
type Change = Schemas['HistoryChange']
export interface Folded extends Entry {
  /** How many entries it stands for. */
  times: number
}

const HOUR = 3_600_000
/** What the API says of a field that nobody has given a name: nothing for a reader. */
const UNNAMED = '其他信息'

/** Of the same kind, by the same person, with changes of fields and no word of why: what a form that saves itself leaves behind. */
function isOneWith(earlier: Folded, later: Entry): boolean {
  const same = earlier.action === later.action && earlier.actor_name === later.actor_name && earlier.address === later.address
  const silent = !earlier.reason && !later.reason && earlier.changes.length > 0 && later.changes.length > 0
  return same && silent && Date.parse(later.at) - Date.parse(earlier.at) < HOUR
}

/** Each field from what it was at first to what it is in the end; one that is as it was is none. */
function joined(earlier: readonly Change[], later: readonly Change[]): Change[] {
  const byField = new Map(earlier.map((each) => [each.field, each]))
  for (const each of later) byField.set(each.field, { ...each, before: (byField.get(each.field) ?? each).before })
  return [...byField.values()].filter((each) => each.before !== each.after)
}

/** Oldest first, as the API tells it, and as it is given back. */
export function folded(entries: readonly Entry[]): Folded[] {
  const all: Folded[] = []
  for (const each of entries) {
    const entry = { ...each, changes: each.changes.filter((change) => change.label !== UNNAMED && change.before !== change.after) }
    const last = all[all.length - 1]
    if (last && isOneWith(last, entry)) all[all.length - 1] = { ...entry, changes: joined(last.changes, entry.changes), times: last.times + 1 }
    else all.push({ ...entry, times: 1 })
  }
  return all
}
