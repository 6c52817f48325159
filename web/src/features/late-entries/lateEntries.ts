/** Requests to register after a plan's deadline, as the API has them (FAQ-M8). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Entry = Schemas['LateEntryRead']
export const PLAN = 'plan_id'
export const statuses = words('training', 'LateEntryStatus')
const WAITS: Schemas['LateEntryStatus'] = 'requested'

export const COLUMNS: readonly Column<Entry>[] = [
  { key: 'plan', label: '培训班名称' },
  { key: 'deadline', label: '报名截止日期', value: (row) => row.registration_deadline, unbroken: true },
  { key: 'unit', label: '单位', value: (row) => row.unit_name },
  { key: 'reason', label: '补报理由', value: (row) => row.reason },
  { key: 'at', label: '申请时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'answer', label: '答复' },
  { key: 'actions', label: '操作' },
]

/** Whoever decides begins with what waits. */
export function filters(decides: boolean): Filter[] {
  const status: Filter = { kind: 'choices', key: 'status', label: '状态', options: statuses.options() }
  return [decides ? { ...status, preset: [WAITS] } : status]
}

function queryOf(values: FilterValues) {
  return { plan_id: single(values, PLAN) ?? null, status: [...(values['status'] ?? [])] as Schemas['LateEntryStatus'][] }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Entry>> {
  return answered(api.GET('/api/training/late-entries', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/late-entries.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function readEntry(id: string, signal: AbortSignal): Promise<Entry> {
  return answered(api.GET('/api/training/late-entries/{late_entry_id}', { params: { path: { late_entry_id: id } }, signal }))
}

/** What came of it, in the API's words. */
export function answerOf(row: Entry): string {
  const until = row.granted_until ? `可报名至 ${row.granted_until}` : ''
  return [until, row.answer].filter(Boolean).join('；')
}

/** What can be done now comes first; what never can again is not offered in a list. */
export function possible(row: Entry): Schemas['AllowedAction'][] {
  return row.allowed_actions.filter((each) => each.allowed)
}
