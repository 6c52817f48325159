/** What the list of 集体报名 shows and how it is asked for (TRN-30…35, TRN-53). Order, colours and operations come from the API. */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['GroupRegistrationListItem']

/** The switch 我的报名: whatever the deadline (FAQ-M3). */
export const MINE = 'mine'
export const CLOSED = 'closed'
const YES = 'true'

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'type', label: '培训班类型', value: (row) => row.type_label },
  { key: 'name', label: '培训班名称', value: (row) => row.name },
  { key: 'audience', label: '培训对象', value: (row) => row.audience },
  { key: 'deadline', label: '报名截止日期', value: (row) => row.registration_deadline, unbroken: true },
  { key: 'closed', label: '是否截止', value: (row) => (row.closed ? '是' : '否') },
  { key: 'total', label: '总报名人数', value: (row) => String(row.total_count), number: true },
  { key: 'own', label: '本单位报名人数', value: (row) => String(row.own_count), number: true },
  { key: 'status', label: '状态' },
  { key: 'operations', label: '操作' },
]

const statuses = words('training', 'PlanProgress')

export function isMine(values: FilterValues): boolean {
  return single(values, MINE) === YES
}

function isClosed(values: FilterValues): boolean {
  return single(values, CLOSED) === YES
}

/** An end of the days that is past, with no beginning. */
function isPast(values: FilterValues, today: string): boolean {
  const to = single(values, 'deadline_to')
  return to !== undefined && to < today && single(values, 'deadline_from') === undefined
}

/** The filters of TRN-30, with the API's defaults in words (X27). */
export function filters(types: Option[], today: string): Filter[] {
  return [
    { kind: 'choice', key: 'type_code', label: '培训班类型', options: types },
    { kind: 'text', key: 'name', label: '培训班名称', maxlength: 100 },
    {
      kind: 'date',
      key: 'deadline_from',
      label: '报名截止日期 起',
      untouched: (values) => (isMine(values) || isClosed(values) || isPast(values, today) ? '' : today),
    },
    { kind: 'date', key: 'deadline_to', label: '报名截止日期 止' },
    {
      kind: 'choice',
      key: CLOSED,
      label: '是否截止',
      options: [
        { value: YES, label: '是' },
        { value: 'false', label: '否' },
      ],
      untouched: (values) => (isMine(values) || isPast(values, today) ? '' : '否'),
    },
    {
      kind: 'choices',
      key: 'status',
      label: '状态',
      options: statuses.options(),
    },
  ]
}

export async function planTypes(signal: AbortSignal): Promise<Option[]> {
  const types = await answered(api.GET('/api/training/plan-types', { signal }))
  return types.map((type) => ({ value: type.code, label: type.label }))
}

function queryOf(values: FilterValues) {
  const closed = single(values, CLOSED)
  return {
    name: single(values, 'name') ?? '',
    // What the address bar says is judged by the API.
    status: [...(values['status'] ?? [])] as Schemas['PlanProgress'][],
    mine: isMine(values),
    type_code: single(values, 'type_code') ?? null,
    deadline_from: single(values, 'deadline_from') ?? null,
    deadline_to: single(values, 'deadline_to') ?? null,
    closed: closed === undefined ? null : closed === YES,
  }
}

export async function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/training/group-registrations', { params: { query }, signal }))
}

/** The rows that these filters let through, as a sheet. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/group-registrations.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
