/** The queue of 申报审核: what it shows and how it is asked for (DECL-11). Order, flags and last days come from the API. */
import { answered, api, once, type Schemas } from '@/api/client'
import { kinds, statuses } from '@/features/declarations/list'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['DeclarationReviewListItem']
export type Review = Schemas['DeclarationReviewRead']

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'employer', label: '单位名称' },
  { key: 'region', label: '所属地区', value: (row) => row.region_label },
  { key: 'kind', label: '申报类型', value: (row) => row.kind_label, unbroken: true },
  { key: 'day', label: '申报日期', value: (row) => row.declared_on, unbroken: true },
  { key: 'due', label: '审核期限' },
  { key: 'status', label: '状态' },
  { key: 'flags', label: '提示' },
]

const SWITCHES = {
  in_charge: '由本单位负责审核',
  held_by_me: '由我打开的',
  opened: '已有审核人员打开',
  flagged: '有需要留意的提示',
  withdrawal_requested: '单位申请撤回',
  late: '已超过审核期限',
  resubmitted: '驳回后重新提交',
}
const YES: Option[] = [
  { value: 'true', label: '是' },
  { value: 'false', label: '否' },
]

export function filters(regions: Option[], hasParts: boolean): Filter[] {
  return [
    { kind: 'text', key: 'employer_name', label: '单位名称', maxlength: 100 },
    ...(hasParts ? [{ kind: 'choice' as const, key: 'region_code', label: '所属地区', options: regions }] : []),
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options(), untouched: () => statuses.label('pending') },
    { kind: 'choices', key: 'kind', label: '申报类型', options: kinds.options() },
    { kind: 'date', key: 'declared_on_from', label: '申报日期 起' },
    { kind: 'date', key: 'declared_on_to', label: '申报日期 止' },
    ...Object.entries(SWITCHES).map(([key, label]) => ({ kind: 'choice' as const, key, label, options: YES })),
  ]
}

/** The filter takes the first digits of a code: those of a city stand for all that lies in it. */
export function asPrefix(regions: readonly Option[]): Option[] {
  return regions.map((each) => ({ ...each, value: each.value.replace(/(00)+$/, '') }))
}

// What the address bar says is judged by the API.
function queryOf(values: FilterValues) {
  const flag = (key: string) => (single(values, key) === undefined ? null : single(values, key) === 'true')
  return {
    status: [...(values['status'] ?? [])] as Schemas['DeclarationStatus'][],
    kind: [...(values['kind'] ?? [])] as Schemas['DeclarationKind'][],
    employer_name: single(values, 'employer_name') ?? '',
    region_code: single(values, 'region_code') ?? '',
    declared_on_from: single(values, 'declared_on_from') ?? null,
    declared_on_to: single(values, 'declared_on_to') ?? null,
    in_charge: flag('in_charge'),
    held_by_me: flag('held_by_me'),
    opened: flag('opened'),
    flagged: flag('flagged'),
    withdrawal_requested: flag('withdrawal_requested'),
    late: flag('late'),
    resubmitted: flag('resubmitted'),
  }
}

export const KEYS = Object.keys(queryOf({}))

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/declaration/reviews', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/declaration/exports/reviews.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

/** With the record before and after it under the same filters. */
export function readReview(id: string, values: FilterValues, signal: AbortSignal): Promise<Review> {
  const params = { path: { declaration_id: id }, query: queryOf(values) }
  return answered(api.GET('/api/declaration/reviews/{declaration_id}', { params, signal }))
}

export function approveAll(ids: string[]): Promise<Schemas['ApprovalsRead']> {
  return answered(api.POST('/api/declaration/reviews/batch', { body: { declaration_ids: ids }, headers: once() }))
}

export async function readPhone(id: string): Promise<string> {
  const params = { path: { declaration_id: id } }
  return (await answered(api.GET('/api/declaration/declarations/{declaration_id}/contact-phone', { params }))).contact_phone ?? ''
}

export function dueWords(row: Row): string {
  if (!row.due_on || row.days_left === null) return ''
  return row.days_left < 0 ? `${row.due_on}，已超过 ${-row.days_left} 天` : `${row.due_on}，还有 ${row.days_left} 天`
}

export function holderWords(row: Row): string {
  return row.opened_by_reviewer_at ? `${row.reviewer_name ?? ''} ${beijingTime(row.opened_by_reviewer_at)} 打开` : ''
}
