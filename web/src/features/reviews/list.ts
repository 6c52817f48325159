/** What the queue of 报名审核 shows and how it is asked for (STAFF-02). The same filters lead from one registration to the next on the desk. */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { regionPrefix } from '@/kit/regions'

export type Row = Schemas['ReviewListItem']
export type Wanted = Schemas['ReviewFilter']

const YES = 'true'
const statuses = words('training', 'RegistrationStatus')
const kinds = words('training', 'TrainingKind')
const EITHER: Option[] = [
  { value: YES, label: '是' },
  { value: 'false', label: '否' },
]
/** A unit that a link names; its name is what the page can be asked for. */
export const UNIT = 'unit_id'

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'tick', label: '选择' },
  { key: 'name', label: '姓名', unbroken: true },
  { key: 'unit', label: '单位', value: (row) => row.unit_name },
  { key: 'plan', label: '培训计划', value: (row) => row.plan_name },
  { key: 'kind', label: '培训类型', value: (row) => row.training_kind_label, unbroken: true },
  { key: 'flags', label: '提示' },
  { key: 'waiting', label: '等待审核自', value: (row) => beijingTime(row.waiting_since) },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'actions', label: '操作' },
]

export function colourOf(status: Schemas['RegistrationStatus']): string {
  return statuses.colour(status)
}

export interface Choices {
  plans: Option[]
  types: Option[]
  regions: Option[]
}

export function filters(choices: Choices): Filter[] {
  return [
    { kind: 'text', key: 'name', label: '姓名', maxlength: 50 },
    { kind: 'text', key: 'unit_name', label: '单位名称', maxlength: 100 },
    { kind: 'choice', key: 'plan_id', label: '培训计划', options: choices.plans },
    { kind: 'choice', key: 'type_code', label: '培训班类型', options: choices.types },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: choices.regions.map((each) => ({ ...each, value: regionPrefix(each.value) })) },
    {
      kind: 'choices',
      key: 'status',
      label: '状态',
      options: statuses.options(),
      untouched: (values) => (values['requested_return'] ? '' : '待审核：已报名和申请退回的'),
    },
    { kind: 'choice', key: 'training_kind', label: '培训类型', options: kinds.options() },
    { kind: 'choice', key: 'requested_return', label: '单位申请退回', options: EITHER },
    { kind: 'choice', key: 'resubmitted', label: '退回后重新报名', options: EITHER },
    { kind: 'date', key: 'waiting_from', label: '等待审核自 起' },
    { kind: 'date', key: 'waiting_to', label: '等待审核自 止' },
    { kind: 'date', key: 'created_from', label: '添加日期 起' },
    { kind: 'date', key: 'created_to', label: '添加日期 止' },
  ]
}

export const KEYS: readonly string[] = [...filters({ plans: [], types: [], regions: [] }).map((each) => each.key), UNIT]

/** The plans that have people to review, the newest first. */
export async function plans(signal: AbortSignal): Promise<Option[]> {
  const page = await answered(api.GET('/api/training/plans', { params: { query: { limit: 200 } }, signal }))
  return page.items.filter((each) => each.status !== 'draft').map((each) => ({ value: each.id, label: each.name }))
}

function told(values: FilterValues, key: string): boolean | undefined {
  const value = single(values, key)
  return value === undefined ? undefined : value === YES
}

/** What the address bar says, as the API asks for it; what is no such value is judged there, and what is not asked for is not sent. */
export function wantedOf(values: FilterValues): Wanted {
  const texts = ['plan_id', 'type_code', UNIT, 'unit_name', 'training_kind', 'name', 'waiting_from', 'waiting_to', 'created_from', 'created_to']
  const wanted = {
    ...Object.fromEntries(texts.map((key) => [key, single(values, key)])),
    status: [...(values['status'] ?? [])],
    region_code: regionPrefix(single(values, 'region_code') ?? '') || undefined,
    requested_return: told(values, 'requested_return'),
    resubmitted: told(values, 'resubmitted'),
  }
  return wanted as unknown as Wanted
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...wantedOf(values), cursor: cursor || null }
  return answered(api.GET('/api/training/reviews', { params: { query }, signal }))
}

/** The rows that these filters let through, as a sheet. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/reviews.xlsx', { params: { query: wantedOf(values) }, parseAs: 'blob' }))
}
