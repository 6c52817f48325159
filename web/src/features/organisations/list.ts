/** What the list of 单位 shows and how it is asked for (ORG-12). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { regionPrefix } from '@/kit/regions'

export type Row = Schemas['OrganisationListItem']
type Status = Schemas['OrganisationStatus']
type Level = Schemas['Level']
type Kind = Schemas['OrganisationKind']

const statuses = words('auth', 'OrganisationStatus')
const levels = words('auth', 'Level')
const kindsOfUnits = words('auth', 'OrganisationKind')
export const colourOf = statuses.colour
export const levelWord = levels.label

export function kindWords(kinds: readonly Kind[]): string {
  return kinds.map(kindsOfUnits.label).join('、')
}

export function columns(regionName: (code: string) => string): readonly Column<Row>[] {
  return [
    { key: 'name', label: '单位名称' },
    { key: 'code', label: '统一社会信用代码', value: (row) => [row.credit_code, row.branch_no].filter(Boolean).join('-'), unbroken: true },
    { key: 'level', label: '层级', value: (row) => levelWord(row.level), unbroken: true },
    { key: 'kinds', label: '单位属性', value: (row) => kindWords(row.kinds) },
    { key: 'region', label: '行政区划', value: (row) => regionName(row.region_code), unbroken: true },
    { key: 'status', label: '状态', unbroken: true },
  ]
}

export function filters(regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'q', label: '单位名称或信用代码', maxlength: 100 },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: regions },
    { kind: 'choice', key: 'level', label: '层级', options: levels.options() },
    { kind: 'choice', key: 'kind', label: '单位属性', options: kindsOfUnits.options() },
    {
      kind: 'choices',
      key: 'status',
      label: '状态',
      options: statuses.options(),
    },
  ]
}

function queryOf(values: FilterValues) {
  // What the address bar says is judged by the API.
  const chosen = [...(values['status'] ?? [])] as Status[]
  return {
    q: single(values, 'q') ?? '',
    region_code: regionPrefix(single(values, 'region_code') ?? ''),
    level: (single(values, 'level') as Level | undefined) ?? null,
    kind: (single(values, 'kind') as Kind | undefined) ?? null,
    status: chosen.length ? chosen : null,
  }
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/auth/exports/organisations.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/auth/organisations', { params: { query }, signal }))
}
