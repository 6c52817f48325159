/** Certificates that end, and what renews them, as the API has it (BEY-06). */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Row = Schemas['ExpiringQualificationRead']
type Group = Schemas['ExpiryGroup']

/** Chosen by the groups above the list, and by links of messages. */
export const GROUP = 'group'
export const DAYS = 'days'
export const groups = words('training', 'ExpiryGroup')
const statuses = words('training', 'ExpiryStatus')

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', label: '姓名', unbroken: true },
  { key: 'category', label: '资质类别', value: (row) => row.category },
  { key: 'number', label: '证书编号', value: (row) => row.number },
  { key: 'scope', label: '资质范围', value: (row) => row.scope.join('、') },
  { key: 'expires', label: '失效日期', unbroken: true },
  { key: 'renewal', label: '复训' },
  { key: 'actions', label: '操作' },
]

export function filters(): Filter[] {
  return [
    { kind: 'text', key: 'name', label: '姓名', maxlength: 50 },
    { kind: 'choice', key: 'status', label: '到期状态', options: statuses.options() },
  ]
}

export function left(row: Row): string {
  if (row.days_left < 0) return `已过期 ${-row.days_left} 天`
  return row.days_left === 0 ? '今天到期' : `还有 ${row.days_left} 天`
}

function queryOf(values: FilterValues) {
  const days = single(values, DAYS)
  return {
    name: single(values, 'name') ?? '',
    status: [...(values['status'] ?? [])] as Schemas['ExpiryStatus'][],
    [GROUP]: [...(values[GROUP] ?? [])] as Group[],
    ...(days ? { days: Number(days) } : {}),
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/training/expiring-qualifications', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function countGroups(values: FilterValues, signal: AbortSignal): Promise<Schemas['ExpiryGroupCount'][]> {
  return answered(api.GET('/api/training/expiring-qualifications/groups', { params: { query: queryOf(values) }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/expiring-qualifications.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export interface FittingPlan {
  id: string
  name: string
  deadline: string
  people: number
}

/** The plans that fit the ticked rows, as the API has found them, the one that fits most of them first. */
export function plansOf(rows: readonly Row[]): FittingPlan[] {
  const found = new Map<string, FittingPlan>()
  for (const { renewal } of rows) {
    if (renewal.state !== 'open' || !renewal.plan_id) continue
    const known = found.get(renewal.plan_id)
    const people = (known?.people ?? 0) + 1
    found.set(renewal.plan_id, { id: renewal.plan_id, name: renewal.plan_name ?? '', deadline: renewal.registration_deadline ?? '', people })
  }
  return [...found.values()].sort((one, other) => other.people - one.people)
}

export function renewTogether(planId: string, ids: readonly string[]): Promise<Schemas['RenewedTogether']> {
  const body = { plan_id: planId, qualification_ids: [...ids] }
  return answered(api.POST('/api/training/expiring-qualifications/registrations', { body, headers: once() }))
}
