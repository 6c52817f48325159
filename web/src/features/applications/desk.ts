/** The queue of 账号申请审核: what it shows and how it is asked for (STAFF-11). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['ApplicationListItem']
type Status = Schemas['ApplicationStatus']

/** A draft is its applicant's alone. */
const SHOWN: readonly Status[] = ['submitted', 'returned', 'opened', 'refused']
const statuses = words('auth', 'ApplicationStatus')
export const colourOf = statuses.colour

export function columns(regionName: (code: string) => string): readonly Column<Row>[] {
  return [
    { key: 'unit', label: '单位名称' },
    { key: 'code', label: '统一社会信用代码', value: (row) => row.credit_code, unbroken: true },
    { key: 'region', label: '行政区划', value: (row) => regionName(row.region_code), unbroken: true },
    { key: 'person', label: '申请人', value: (row) => row.person_name, unbroken: true },
    { key: 'submitted', label: '提交时间', value: (row) => beijingTime(row.submitted_at), unbroken: true },
    { key: 'decided', label: '办理时间', value: (row) => (row.decided_at ? beijingTime(row.decided_at) : ''), unbroken: true },
    { key: 'status', label: '状态', unbroken: true },
  ]
}

export function filters(regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'unit_name', label: '单位名称', maxlength: 100 },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: regions },
    { kind: 'date', key: 'submitted_from', label: '提交日期 起' },
    { kind: 'date', key: 'submitted_to', label: '提交日期 止' },
    {
      kind: 'choices',
      key: 'status',
      label: '状态',
      preset: ['submitted'],
      options: statuses.options(SHOWN),
    },
  ]
}

function queryOf(values: FilterValues) {
  return {
    // What the address bar says is judged by the API.
    status: [...(values['status'] ?? [])] as Status[],
    unit_name: single(values, 'unit_name') ?? '',
    region_code: single(values, 'region_code') ?? '',
    submitted_from: single(values, 'submitted_from') ?? null,
    submitted_to: single(values, 'submitted_to') ?? null,
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/auth/applications', { params: { query }, signal }))
}

/** The rows that these filters let through, as a sheet. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/auth/exports/applications.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
