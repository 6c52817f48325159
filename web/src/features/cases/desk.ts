/** The requests that somebody decides, as the desks list them: 申诉 / 更正 / 认领 for commissions, 换号与咨询 for account managers. */
import { answered, api, type Schemas } from '@/api/client'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['CaseListItem']
type Kind = Schemas['CaseKind']
type Status = Schemas['CaseStatus']

const KINDS: Record<Kind, string> = {
  appeal: '账号申诉',
  correction: '信用代码更正',
  claim: '信用代码认领',
  phone_change: '手机号更换',
  enquiry: '在线咨询',
}
const STATUSES: Record<Status, { label: string; colour: string }> = {
  submitted: { label: '待审核', colour: 'amber' },
  approved: { label: '已通过', colour: 'green' },
  refused: { label: '未通过', colour: 'red' },
  withdrawn: { label: '已撤回', colour: 'black' },
}

export interface CaseDesk {
  /** The menu entry, and the name of the list's address. */
  key: string
  /** The name of the address of one case. */
  one: string
  title: string
  kinds: readonly Kind[]
}

/** One list component serves both; somebody with both permissions sees each kind at its own desk. */
export const DESKS = {
  claims: { key: 'claims', one: 'case', title: '申诉 / 更正 / 认领审核', kinds: ['appeal', 'correction', 'claim'] },
  requests: { key: 'requests', one: 'request', title: '换号与咨询', kinds: ['phone_change', 'enquiry'] },
} as const satisfies Record<string, CaseDesk>
export type DeskKey = keyof typeof DESKS

function isKind(value: string): value is Kind {
  return value in KINDS
}
function isStatus(value: string | undefined): value is Status {
  return value !== undefined && value in STATUSES
}

export function colourOf(status: string): string {
  return isStatus(status) ? STATUSES[status].colour : 'black'
}

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
      options: Object.entries(STATUSES).map(([value, { label }]) => ({ value, label })),
    },
    { kind: 'choices', key: 'kind', label: '事项', options: desk.kinds.map((value) => ({ value, label: KINDS[value] })) },
  ]
}

export function askRows(desk: CaseDesk): (values: FilterValues, cursor: string, signal: AbortSignal) => Promise<Page<Row>> {
  return (values, cursor, signal) => {
    const kinds = (values['kind'] ?? []).filter(isKind)
    const status = single(values, 'status')
    const query = {
      kind: kinds.length ? kinds : [...desk.kinds],
      status: isStatus(status) ? status : null,
      region_code: single(values, 'region_code') ?? null,
      number: single(values, 'number') ?? null,
      name: single(values, 'name') ?? null,
      cursor: cursor || null,
    }
    return answered(api.GET('/api/auth/cases', { params: { query }, signal }))
  }
}
