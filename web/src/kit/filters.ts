/** The filters of a list, declared by its page and kept in the address bar, so that a link can be shared and Back works. */
import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

export interface Option {
  value: string
  label: string
}

interface Named {
  key: string
  label: string
  /** What holds while the filter is untouched, in words for the empty list; nothing when it then hides no row. */
  untouched?: (values: FilterValues) => string
}

export type Filter =
  | (Named & { kind: 'text'; maxlength: number })
  | (Named & { kind: 'choice' | 'choices'; options: Option[] })
  | (Named & { kind: 'date' })

/** Every filter as its list of values; untouched ones are not there. */
export type FilterValues = Readonly<Record<string, readonly string[]>>

export interface ActiveFilter {
  key: string
  label: string
  text: string
  byDefault: boolean
}

const CURSOR = 'cursor'

function valuesOf(query: LocationQuery, keys: readonly string[]): FilterValues {
  const entries = keys.map((key): [string, string[]] => {
    const value = query[key]
    return [key, (Array.isArray(value) ? value : [value]).filter((each): each is string => Boolean(each))]
  })
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0))
}

export interface AddressFilters {
  values: ComputedRef<FilterValues>
  cursor: ComputedRef<string>
  apply: (values: FilterValues) => Promise<void>
  turnTo: (cursor: string) => Promise<void>
}

/** What the address bar says for these keys, and the ways to change it. */
export function useAddressFilters(keys: readonly string[]): AddressFilters {
  const route = useRoute()
  const router = useRouter()
  const values = computed(() => valuesOf(route.query, keys))
  const cursor = computed(() => valuesOf(route.query, [CURSOR])[CURSOR]?.[0] ?? '')

  async function go(query: Record<string, string[]>): Promise<void> {
    await router.push({ query })
  }

  const copy = (from: FilterValues) => Object.fromEntries(Object.entries(from).map(([key, each]) => [key, [...each]]))
  return {
    values,
    cursor,
    apply: (wanted) => go(copy(wanted)),
    turnTo: (next) => go({ ...copy(values.value), ...(next ? { [CURSOR]: [next] } : {}) }),
  }
}

/** The first value, for filters that have one. */
export function single(values: FilterValues, key: string): string | undefined {
  return values[key]?.[0]
}

/** What hides rows now, in the filters' own words (FAQ-M3). */
export function activeFilters(filters: readonly Filter[], values: FilterValues): ActiveFilter[] {
  return filters.flatMap((filter) => {
    const chosen = values[filter.key] ?? []
    const text = chosen.length > 0 ? wording(filter, chosen) : (filter.untouched?.(values) ?? '')
    return text ? [{ key: filter.key, label: filter.label, text, byDefault: chosen.length === 0 }] : []
  })
}

function wording(filter: Filter, chosen: readonly string[]): string {
  if (filter.kind === 'text') return `含“${chosen.join('')}”`
  if (filter.kind === 'date') return chosen.join('')
  return chosen.map((value) => filter.options.find((option) => option.value === value)?.label ?? value).join('、')
}
