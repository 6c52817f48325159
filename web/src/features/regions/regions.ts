/** One level of the regions, or those that a name finds, and what may be done there (ORG-13). Where one stands is in the address bar. */
import { computed, watch } from 'vue'
import { useRoute } from 'vue-router'

import { answered, api, type Schemas } from '@/api/client'
import { single, useAddressFilters, type Filter, type FilterValues } from '@/kit/filters'
import { useLoaded } from '@/kit/loading'
import { session } from '@/shell/session'

export type Region = Schemas['RegionRead']
export const FILTERS: Filter[] = [
  { kind: 'text', key: 'q', label: '名称或拼音首字母', maxlength: 50 },
  { kind: 'date', key: 'on', label: '在该日有效', untouched: () => '今天' },
]
// Browsers keep these answers for a while; here, what was just changed must show.
const fresh = { cache: 'no-cache' } as const

export function useRegions() {
  const route = useRoute()
  const top = `${(session.me.value?.organisation.region_code ?? '32').slice(0, 2)}0000`
  const { values, apply, reset } = useAddressFilters(() => FILTERS, ['parent'])
  const parentCode = computed(() => single(values.value, 'parent') ?? top)
  const q = computed(() => single(values.value, 'q') ?? '')
  const on = computed(() => single(values.value, 'on') ?? null)
  const path = computed(() => ({ path: { code: parentCode.value } }))

  const parent = useLoaded((signal) => answered(api.GET('/api/auth/regions/{code}', { params: path.value, signal, ...fresh })))
  const rows = useLoaded((signal) =>
    q.value
      ? answered(api.GET('/api/auth/regions/search', { params: { query: { q: q.value, on: on.value } }, signal, ...fresh }))
      : answered(api.GET('/api/auth/regions', { params: { query: { parent: parentCode.value, on: on.value } }, signal, ...fresh })),
  )
  const actions = useLoaded((signal) => answered(api.GET('/api/auth/regions/{code}/actions', { params: path.value, signal })))
  const may = computed(() => actions.data.value?.some((each) => each.allowed) ?? false)
  const history = useLoaded((signal) => answered(api.GET('/api/auth/regions/{code}/history', { params: path.value, signal })))

  async function load(): Promise<void> {
    await Promise.all([parent.load(), rows.load(), actions.load()])
    // Only who keeps the regions is shown what was done with them.
    if (may.value) await history.load()
  }
  watch(() => route.query, load, { immediate: true })

  async function search(wanted: FilterValues): Promise<void> {
    if (!(await apply(wanted))) await load()
  }

  function control(name: 'create' | 'update', label: string): Schemas['AllowedAction'] {
    const reason = actions.problem.value?.message ?? '正在查询…'
    const unknown = { action: name, label, allowed: false, reason, code: null, needs_reason: false, fields: [] }
    return actions.data.value?.find((each) => each.action === name) ?? unknown
  }

  return { top, values, parentCode, q, parent, rows, may, history, load, search, reset, control }
}
