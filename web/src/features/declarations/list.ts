/** What the list of 职业病危害申报 shows and how it is asked for (DECL-03, DECL-11). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Row = Schemas['DeclarationListItem']

export const statuses = words('declaration', 'DeclarationStatus')
export const kinds = words('declaration', 'DeclarationKind')

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'kind', label: '申报类型', unbroken: true },
  { key: 'day', label: '申报日期', value: (row) => row.declared_on, unbroken: true },
  { key: 'status', label: '状态' },
  { key: 'operations', label: '操作' },
]

export function filters(): Filter[] {
  return [
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
    { kind: 'choices', key: 'kind', label: '申报类型', options: kinds.options() },
    { kind: 'date', key: 'declared_on_from', label: '申报日期 起' },
    { kind: 'date', key: 'declared_on_to', label: '申报日期 止' },
  ]
}

// What the address bar says is judged by the API.
function queryOf(values: FilterValues) {
  return {
    status: [...(values['status'] ?? [])] as Schemas['DeclarationStatus'][],
    kind: [...(values['kind'] ?? [])] as Schemas['DeclarationKind'][],
    declared_on_from: single(values, 'declared_on_from') ?? null,
    declared_on_to: single(values, 'declared_on_to') ?? null,
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/declaration/declarations', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

/** The rows that these filters let through, as a sheet. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/declaration/exports/declarations.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
