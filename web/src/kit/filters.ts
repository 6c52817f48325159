/** The filters of a list, declared by its page and kept in the address bar, so that a link can be shared and Back works. */
import { computed, type ComputedRef } from 'vue'
import { isNavigationFailure, NavigationFailureType, useRoute, useRouter, type LocationQuery } from 'vue-router'

export interface Option {
  value: string
  label: string
}

interface Named {
  key: string
  label: string
  /** What is chosen while the address says nothing: what waits, in a queue. */
  preset?: readonly string[]
  /** What holds while the filter is untouched, in words for the empty list; nothing when it then hides no row. */
  untouched?: (values: FilterValues) => string
}

export type Filter =
  | (Named & { kind: 'text'; maxlength: number })
  | (Named & { kind: 'choice'; options: Option[] })
  /** `few`: two or three short ones, for which as much room is kept as for a field. */
  | (Named & { kind: 'choices'; options: Option[]; few?: true })
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
/** In the address, for a filter with a preset that is set to nothing. */
const ALL = 'all'

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
  /** False when the address says so already. */
  apply: (values: FilterValues) => Promise<boolean>
  /** As the page is opened from the menu. */
  reset: () => Promise<boolean>
  turnTo: (cursor: string) => Promise<void>
}

/** What the address says, and for filters it says nothing of, their presets. */
export function withPresets(filters: readonly Filter[], said: FilterValues): FilterValues {
  const presets = filters.flatMap(({ key, preset }) => (preset && !said[key] ? [[key, preset] as const] : []))
  const chosen = Object.entries(said).filter(([, values]) => !values.includes(ALL))
  return Object.fromEntries([...presets, ...chosen])
}

/** What the address has to say so that these are the values. */
export function withoutPresets(filters: readonly Filter[], wanted: FilterValues): FilterValues {
  const shown: [string, readonly string[]][] = Object.entries(wanted).filter(([, values]) => values.length > 0)
  const all = filters.filter(({ key, preset }) => preset && !wanted[key]?.length).map(({ key }): [string, string[]] => [key, [ALL]])
  const same = (key: string, values: readonly string[]) => filters.some((each) => each.key === key && each.preset?.join() === values.join())
  return Object.fromEntries([...shown.filter(([key, values]) => !same(key, values)), ...all])
}

/** What the address bar says for these filters and further keys, and the ways to change it. */
export function useAddressFilters(filters: () => readonly Filter[], ownKeys: readonly string[] = []): AddressFilters {
  const route = useRoute()
  const router = useRouter()
  const keys = computed(() => [...filters().map((filter) => filter.key), ...ownKeys])
  const values = computed(() => withPresets(filters(), valuesOf(route.query, keys.value)))
  const cursor = computed(() => valuesOf(route.query, [CURSOR])[CURSOR]?.[0] ?? '')

  async function go(query: Record<string, string[]>): Promise<boolean> {
    return !isNavigationFailure(await router.push({ query }), NavigationFailureType.duplicated)
  }

  const copy = (from: FilterValues) => Object.fromEntries(Object.entries(from).map(([key, each]) => [key, [...each]]))
  return {
    values,
    cursor,
    apply: (wanted) => go(copy(withoutPresets(filters(), wanted))),
    reset: () => go({}),
    turnTo: async (next) => void (await go({ ...copy(withoutPresets(filters(), values.value)), ...(next ? { [CURSOR]: [next] } : {}) })),
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
