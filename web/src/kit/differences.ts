/** What differs between two readings of a record, in words. */

export interface Difference {
  field: string
  label: string
  before: string
  now: string
}

export function plainly(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.map(String).join('、') : String(value)
}

/** Of the fields that `labels` names; how a value reads is `words`. */
export function differencesBetween<T extends object>(
  before: T,
  now: T,
  labels: Partial<Record<keyof T & string, string>>,
  words: (field: keyof T & string, value: unknown) => string = (_field, value) => plainly(value),
): Difference[] {
  return (Object.keys(labels) as (keyof T & string)[])
    .map((field) => ({ field, label: labels[field] ?? field, before: words(field, before[field]), now: words(field, now[field]) }))
    .filter((each) => each.before !== each.now)
}
