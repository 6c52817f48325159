/** What the list of 逾期与到期 shows and how it is asked for (BEY-10). How each stands and who may be urged comes from the API. */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['DueListItem']
export type Action = Schemas['AllowedAction']

export const states = words('declaration', 'DueState')
export const reaches = words('declaration', 'Reach')
const kinds = words('declaration', 'DeclarationKind')

/** Whoever no text message reaches is called. */
export const CALLED = { reach: ['nobody', 'inbox'] }

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'employer', label: '单位名称' },
  { key: 'region', label: '所属地区', value: (row) => row.region_label },
  { key: 'kind', label: '应办理' },
  { key: 'last', label: '办理期限' },
  { key: 'state', label: '办理情况', unbroken: true },
  { key: 'reach', label: '通知送达', unbroken: true },
  { key: 'urged', label: '催报' },
  { key: 'operations', label: '操作' },
]

export function filters(regions: Option[], hasParts: boolean): Filter[] {
  return [
    { kind: 'text', key: 'employer_name', label: '单位名称', maxlength: 100 },
    ...(hasParts ? [{ kind: 'choice' as const, key: 'region_code', label: '所属地区', options: regions }] : []),
    { kind: 'choices', key: 'state', label: '办理情况', options: states.options(), untouched: () => '已逾期、即将到期和从未申报' },
    { kind: 'choices', key: 'kind', label: '申报类型', options: kinds.options() },
    { kind: 'choices', key: 'reach', label: '通知送达', options: reaches.options() },
    { kind: 'date', key: 'last_day_from', label: '办理期限 起' },
    { kind: 'date', key: 'last_day_to', label: '办理期限 止' },
    {
      kind: 'choice',
      key: 'urged_today',
      label: '今天已催报',
      options: [
        { value: 'true', label: '是' },
        { value: 'false', label: '否' },
      ],
    },
  ]
}

// What the address bar says is judged by the API.
function queryOf(values: FilterValues) {
  const urged = single(values, 'urged_today')
  return {
    state: [...(values['state'] ?? [])] as Schemas['DueState'][],
    kind: [...(values['kind'] ?? [])] as Schemas['DeclarationKind'][],
    reach: [...(values['reach'] ?? [])] as Schemas['Reach'][],
    employer_name: single(values, 'employer_name') ?? '',
    region_code: single(values, 'region_code') ?? '',
    last_day_from: single(values, 'last_day_from') ?? null,
    last_day_to: single(values, 'last_day_to') ?? null,
    urged_today: urged === undefined ? null : urged === 'true',
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/declaration/due-dates', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/declaration/exports/due-dates.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function urge(ids: string[]): Promise<Schemas['UrgesRead']> {
  return answered(api.POST('/api/declaration/due-dates/urge', { body: { due_ids: ids }, headers: once() }))
}

const at = (id: string) => ({ path: { due_id: id } })

export function readContact(id: string): Promise<Schemas['UnitContact']> {
  return answered(api.GET('/api/declaration/due-dates/{due_id}/contact', { params: at(id) }))
}

export function noteCall(id: string, note: string): Promise<Row> {
  return answered(api.POST('/api/declaration/due-dates/{due_id}/call', { params: at(id), body: { note }, headers: once() }))
}

export function lastWords(row: Row): string {
  if (!row.last_day || row.days_left === null) return '没有期限'
  return row.days_left < 0 ? `${row.last_day}，已超过 ${-row.days_left} 天` : `${row.last_day}，还有 ${row.days_left} 天`
}
