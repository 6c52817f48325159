/** The requests that somebody decides, as the desks list them: 申诉 / 更正 / 认领 for commissions, 换号与咨询 for account managers,
 * 身份证号核准 for who reviews people. */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['CaseListItem']
type Kind = Schemas['CaseKind']
type Status = Schemas['CaseStatus']

const kinds = words('auth', 'CaseKind')
const statuses = words('auth', 'CaseStatus')
export const colourOf = statuses.colour

export interface CaseDesk {
  /** The menu entry, and the name of the list's address. */
  key: string
  /** The name of the address of one case. */
  one: string
  title: string
  kinds: readonly Kind[]
}

/** One list component serves all; somebody with several permissions sees each kind at its own desk. */
export const DESKS = {
  claims: { key: 'claims', one: 'case', title: '申诉 / 更正 / 认领 / 核准审核', kinds: ['appeal', 'correction', 'claim', 'credit_code'] },
  number_reviews: { key: 'number_reviews', one: 'number-review', title: '身份证号核准', kinds: ['resident_id'] },
  requests: { key: 'requests', one: 'request', title: '换号与咨询', kinds: ['phone_change', 'enquiry'] },
} as const satisfies Record<string, CaseDesk>
export type DeskKey = keyof typeof DESKS

export function columns(regionName: (code: string) => string): readonly Column<Row>[] {
  return [
    { key: 'number', label: '编号', unbroken: true },
    { key: 'kind', label: '事项', value: (row) => row.kind_label, unbroken: true },
    { key: 'organisation', label: '单位名称', value: (row) => row.organisation_name || '—' },
    { key: 'person', label: '申请人', value: (row) => row.applicant_name, unbroken: true },
    { key: 'region', label: '行政区划', value: (row) => regionName(row.region_code), unbroken: true },
    { key: 'created', label: '提交时间', value: (row) => beijingTime(row.created_at), unbroken: true },
    { key: 'status', label: '状态', unbroken: true },
  ]
}

export function filters(desk: CaseDesk, regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'number', label: '编号', maxlength: 24 },
    { kind: 'text', key: 'name', label: '单位名称', maxlength: 100 },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: regions },
    {
      kind: 'choice',
      key: 'status',
      label: '状态',
      preset: ['submitted'],
      options: statuses.options(),
    },
    { kind: 'choices', key: 'kind', label: '事项', options: kinds.options(desk.kinds) },
  ]
}

function queryOf(desk: CaseDesk, values: FilterValues) {
  // What the address bar says is judged by the API.
  const chosen = [...(values['kind'] ?? [])] as Kind[]
  const status = single(values, 'status') as Status | undefined
  return {
    kind: chosen.length ? chosen : [...desk.kinds],
    status: status ?? null,
    region_code: single(values, 'region_code') ?? null,
    number: single(values, 'number') ?? null,
    name: single(values, 'name') ?? null,
  }
}

export function askRows(desk: CaseDesk): (values: FilterValues, cursor: string, signal: AbortSignal) => Promise<Page<Row>> {
  return (values, cursor, signal) => {
    const query = { ...queryOf(desk, values), cursor: cursor || null }
    return answered(api.GET('/api/auth/cases', { params: { query }, signal }))
  }
}

export function exportRows(desk: CaseDesk): (values: FilterValues) => Promise<unknown> {
  return (values) => answered(api.GET('/api/auth/exports/cases.xlsx', { params: { query: queryOf(desk, values) }, parseAs: 'blob' }))
}
