/** What a unit queues for, as the API has it (BEY-02). */
import { answered, api, type Schemas } from '@/api/client'
import type { Entry } from '@/features/selections/selection'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export const PLAN = 'plan_id'
export const STATUSES: Record<Schemas['WaitingStatus'], { label: string; colour: string }> = {
  waiting: { label: '候补中', colour: 'amber' },
  offered: { label: '待确认', colour: 'red' },
  accepted: { label: '已选班', colour: 'green' },
  declined: { label: '已放弃', colour: 'black' },
  expired: { label: '逾期未确认', colour: 'black' },
  left: { label: '已退出候补', colour: 'black' },
  lapsed: { label: '候补失效', colour: 'black' },
}

export const COLUMNS: readonly Column<Entry>[] = [
  { key: 'people', label: '人员', value: (row) => row.people.map((each) => each.name).join('、'), unbroken: true },
  { key: 'plan', label: '培训计划' },
  { key: 'session', label: '班次', value: (row) => `第${row.session_no}期 ${row.specialty_label}` },
  { key: 'days', label: '培训日期', value: (row) => `${row.start_date} 至 ${row.end_date}` },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'chance', label: '排队情况' },
  { key: 'actions', label: '操作' },
]

export function filters(): Filter[] {
  return [{ kind: 'choices', key: 'status', label: '状态', options: Object.entries(STATUSES).map(([value, { label }]) => ({ value, label })) }]
}

/** What is kept for the unit and must be answered comes first. */
export function offeredFirst(rows: readonly Entry[]): Entry[] {
  return [...rows].sort((one, other) => Number(other.status === 'offered') - Number(one.status === 'offered'))
}

export async function askEntries(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Entry>> {
  const query = {
    plan_id: single(values, PLAN) ?? null,
    status: [...(values['status'] ?? [])] as Schemas['WaitingStatus'][],
    cursor: cursor || null,
  }
  const page = await answered(api.GET('/api/training/waiting-entries', { params: { query }, signal }))
  return { ...page, items: offeredFirst(page.items) }
}
