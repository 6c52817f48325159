/** People who move between units, as the API has it (BEY-14). */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Transfer = Schemas['TransferRead']
export const statuses = words('training', 'TransferStatus')
/** In the address: whose proposals are shown. */
export const OWN = 'own'
const WAITS: Schemas['TransferStatus'] = 'proposed'

export const COLUMNS: readonly Column<Transfer>[] = [
  { key: 'person', label: '人员' },
  { key: 'direction', label: '方向', value: (row) => row.direction_label, unbroken: true },
  { key: 'from', label: '调出单位', value: (row) => row.from_unit_name },
  { key: 'to', label: '调入单位', value: (row) => row.to_unit_name },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'at', label: '发起时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'actions', label: '操作' },
]

function isOwn(values: FilterValues): boolean {
  return single(values, OWN) === 'true'
}

/** What others ask for begins with what waits for an answer here. */
export function filters(own: boolean): Filter[] {
  const status: Filter = { kind: 'choices', key: 'status', label: '状态', options: statuses.options() }
  return [own ? status : { ...status, preset: [WAITS] }]
}

function queryOf(values: FilterValues) {
  return { own: isOwn(values), status: [...(values['status'] ?? [])] as Schemas['TransferStatus'][] }
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/transfers.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Transfer>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/training/transfers', { params: { query }, signal }))
}

const at = (id: string) => ({ path: { transfer_id: id } })

export function readTransfer(id: string, signal: AbortSignal): Promise<Transfer> {
  return answered(api.GET('/api/training/transfers/{transfer_id}', { params: at(id), signal }))
}

export function readHistory(id: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/training/transfers/{transfer_id}/history', { params: at(id), signal }))
}

export function propose(body: Schemas['TransferCreate']): Promise<Transfer> {
  return answered(api.POST('/api/training/transfers', { body, headers: once() }))
}

export function findUnits(name: string, signal: AbortSignal): Promise<Schemas['ReceivingUnit'][]> {
  return answered(api.GET('/api/training/transfers/units', { params: { query: { name } }, signal }))
}

export async function findOwnPeople(name: string, signal: AbortSignal): Promise<Schemas['StaffMemberListItem'][]> {
  const query = { name, status: ['employed' as const], limit: 10 }
  return (await answered(api.GET('/api/training/personnel', { params: { query }, signal }))).items
}
