/** What the list of 培训计划 shows and how it is asked for (STAFF-01). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { beijingTime } from '@/kit/beijing'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['PlanListItem']
export const statuses = words('training', 'PlanStatus')

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', label: '培训班名称' },
  { key: 'type', label: '培训班类型', value: (row) => row.type_label },
  { key: 'deadline', label: '报名截止日期', value: (row) => row.registration_deadline, unbroken: true },
  { key: 'closed', label: '是否截止', value: (row) => (row.closed ? '是' : '否') },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'people', label: '已报名（单位）', value: (row) => (row.figures ? `${row.figures.people}（${row.figures.units}）` : '—'), number: true },
  { key: 'approved', label: '审核通过', value: (row) => String(row.figures?.approved ?? '—'), number: true },
  { key: 'seats', label: '班次名额', value: (row) => String(row.figures?.seats ?? '—'), number: true },
  { key: 'published', label: '发布时间', value: (row) => (row.published_at ? beijingTime(row.published_at) : '—') },
]

export function filters(types: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'name', label: '培训班名称', maxlength: 100 },
    { kind: 'choice', key: 'type_code', label: '培训班类型', options: types },
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
    { kind: 'date', key: 'deadline_from', label: '报名截止日期 起' },
    { kind: 'date', key: 'deadline_to', label: '报名截止日期 止' },
  ]
}

function queryOf(values: FilterValues) {
  const or = (key: string) => single(values, key) ?? null
  return {
    name: single(values, 'name') ?? '',
    type_code: or('type_code'),
    status: [...(values['status'] ?? [])] as Schemas['PlanStatus'][],
    deadline_from: or('deadline_from'),
    deadline_to: or('deadline_to'),
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/training/plans', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/plans.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
