/** Corrections of a person's name or id number, as the API has them (STAFF-15). */
import { addressOf } from '@/api/address'
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import type { Filter, FilterValues } from '@/kit/filters'

type Row = Schemas['IdentityCorrectionListItem']
type Correction = Schemas['IdentityCorrectionRead']
/** Who is meant, by a file or by a certificate, and what is written there now. */
export interface Meant {
  staff_id?: string
  certificate_id?: string
  name: string
  resident_id: string
}
export const statuses = words('training', 'IdentityStatus')
const WAITS: Schemas['IdentityStatus'] = 'requested'
const OLDEST_FIRST = 'id'

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'person', label: '人员' },
  { key: 'what', label: '更正内容', value: (row) => row.what, unbroken: true },
  { key: 'to', label: '更正后', value: (row) => [row.new_name, row.new_resident_id].filter(Boolean).join('，') },
  { key: 'unit', label: '申请单位', value: (row) => row.unit_name },
  { key: 'at', label: '申请时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'age', label: '已等待', value: (row) => waited(row), unbroken: true },
  { key: 'status', label: '状态', unbroken: true },
]

export function waited(row: Row): string {
  if (row.waiting_days === null) return '—'
  return row.waiting_days ? `${row.waiting_days} 天` : '今天提出'
}

/** Whoever decides begins with what waits. */
export function filters(decides: boolean): Filter[] {
  const status: Filter = { kind: 'choices', key: 'status', label: '状态', options: statuses.options() }
  return [decides ? { ...status, preset: [WAITS] } : status]
}

const queryOf = (values: FilterValues) => ({ status: [...(values['status'] ?? [])] as Schemas['IdentityStatus'][] })

/** Whoever decides takes the oldest first; whoever asked looks for the newest. */
export function askRows(decides: boolean): (values: FilterValues, cursor: string, signal: AbortSignal) => Promise<Page<Row>> {
  return (values, cursor, signal) => {
    const query = { ...queryOf(values), cursor: cursor || null, ...(decides ? { sort: OLDEST_FIRST } : {}) }
    return answered(api.GET('/api/training/identity-corrections', { params: { query }, signal }))
  }
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/identity-corrections.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

const at = (id: string) => ({ path: { correction_id: id } })

export function readCorrection(id: string, signal: AbortSignal): Promise<Correction> {
  return answered(api.GET('/api/training/identity-corrections/{correction_id}', { params: at(id), signal }))
}

export function readHistory(id: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/training/identity-corrections/{correction_id}/history', { params: at(id), signal }))
}

export const fileAddress = (file: { id: string }) => addressOf('/api/training/attachments/{attachment_id}', { attachment_id: file.id })

/** What is said to whoever has just asked for one, or made it. */
export function heardOf(made: Correction): string {
  const next = made.status === 'corrected' ? '证书正在以原编号换发，通常不超过一分钟，请稍后刷新。' : '省疾控核准后换发，结果会通知本单位。'
  return `${made.status_label}：${made.what}。${next}`
}
