/** The names of regions for the columns of lists, and an official's own regions to filter by. */
import { reactive, shallowRef, type ShallowRef } from 'vue'

import { answered, api } from '@/api/client'
import type { Option } from '@/kit/filters'
import { session } from '@/shell/session'

export interface OwnRegions {
  /** The own region's parts, to choose from. */
  options: ShallowRef<Option[]>
  /** Whether there are any to choose from, known before they have come: a filter that came with them would push the others away. */
  hasParts: boolean
  nameOf: (code: string) => string
}

// Names outlive the page: the next one asks for none of them again.
const names = reactive(new Map<string, string>())
const asked = new Set<string>()

async function ask(code: string): Promise<void> {
  names.set(code, (await answered(api.GET('/api/auth/regions/{code}', { params: { path: { code } } }))).name)
}

/** Until its name has come, a code is its own name. */
function nameOf(code: string): string {
  if (code && !asked.has(code)) {
    asked.add(code)
    // A list without the names of its regions is a list all the same.
    ask(code).catch(() => asked.delete(code))
  }
  return names.get(code) ?? code
}

export function useOwnRegions(): OwnRegions {
  const options = shallowRef<Option[]>([])
  const parent = session.me.value?.organisation.region_code ?? ''

  async function load(): Promise<void> {
    const below = await answered(api.GET('/api/auth/regions', { params: { query: { parent } } }))
    options.value = below.map((each) => ({ value: each.code, label: each.name }))
    for (const each of below) {
      asked.add(each.code)
      names.set(each.code, each.name)
    }
  }
  if (parent) load().catch(() => undefined)

  return { options, hasParts: regionPrefix(parent) !== parent, nameOf }
}

/** What the codes inside a region begin with, as the lists of accounts and units ask for it. */
export function regionPrefix(code: string): string {
  return code.replace(/(00){1,2}$/, '')
}
