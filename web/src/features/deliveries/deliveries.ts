/** Who was reached by SMS and mail, who was not, and why (STAFF-06, BEY-12). Whose these are, and what can be done, comes from the API. */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Row = Schemas['DeliveryListItem']
export type Delivery = Schemas['DeliveryRead']
export type Unreached = Schemas['UnreachedItem']
export const statuses = words('notifications', 'DeliveryStatus')
export const reached = words('notifications', 'Reached')
const channels = words('notifications', 'Channel')
const kinds = words('notifications', 'MessageKind')

export const TABS = [
  { key: 'deliveries', label: '发送记录', reason: null, to: { name: 'deliveries' } },
  { key: 'unreached', label: '收不到的账号', reason: null, to: { name: 'unreached' } },
  { key: 'account-texts', label: '验证码等短信', reason: null, to: { name: 'account-texts' } },
]
export const COLUMNS: readonly Column<Row>[] = [
  { key: 'at', label: '时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'title', label: '消息' },
  { key: 'recipient', label: '收件人' },
  { key: 'channel', label: '发送方式' },
  { key: 'status', label: '状态' },
  { key: 'operations', label: '操作' },
]
export const UNREACHED_COLUMNS: readonly Column<Unreached>[] = [
  { key: 'organisation', label: '单位', value: (row) => row.organisation_name || '—' },
  { key: 'person', label: '姓名', value: (row) => row.person_name, unbroken: true },
  { key: 'channel', label: '发送方式', value: (row) => row.channel_label, unbroken: true },
  { key: 'state', label: '情况' },
  { key: 'reason', label: '原因' },
]

export function filters(): Filter[] {
  return [
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
    { kind: 'choice', key: 'channel', label: '发送方式', options: channels.options() },
    { kind: 'choice', key: 'kind', label: '消息类型', options: kinds.options() },
    { kind: 'text', key: 'organisation_name', label: '收件单位', maxlength: 100 },
    { kind: 'text', key: 'person_name', label: '收件人', maxlength: 50 },
    { kind: 'date', key: 'day_from', label: '日期 起' },
    { kind: 'date', key: 'day_to', label: '日期 止' },
  ]
}

export function unreachedFilters(): Filter[] {
  return [
    { kind: 'text', key: 'organisation_name', label: '单位', maxlength: 100 },
    { kind: 'choice', key: 'channel', label: '发送方式', options: channels.options() },
    { kind: 'choices', key: 'state', label: '情况', options: reached.options(), untouched: () => '不含没有登记号码或邮箱的' },
  ]
}

function queryOf(values: FilterValues) {
  return {
    status: [...(values['status'] ?? [])] as Schemas['DeliveryStatus'][],
    channel: (single(values, 'channel') ?? null) as Schemas['Channel'] | null,
    kind: [...(values['kind'] ?? [])] as Schemas['MessageKind'][],
    organisation_name: single(values, 'organisation_name') ?? '',
    person_name: single(values, 'person_name') ?? '',
    notice_id: single(values, 'notice_id') ?? null,
    day_from: single(values, 'day_from') ?? null,
    day_to: single(values, 'day_to') ?? null,
  }
}

function unreachedQuery(values: FilterValues) {
  return {
    organisation_name: single(values, 'organisation_name') ?? '',
    channel: (single(values, 'channel') ?? null) as Schemas['Channel'] | null,
    state: [...(values['state'] ?? [])] as Schemas['Reached'][],
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/notifications/deliveries', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/notifications/exports/deliveries.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function askUnreached(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Unreached>> {
  return answered(api.GET('/api/notifications/unreached', { params: { query: { ...unreachedQuery(values), cursor: cursor || null } }, signal }))
}

export function exportUnreached(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/notifications/exports/unreached.xlsx', { params: { query: unreachedQuery(values) }, parseAs: 'blob' }))
}

export function readScope(signal: AbortSignal): Promise<Schemas['DeliveryScope']> {
  return answered(api.GET('/api/notifications/deliveries/scope', { signal }))
}

export function sendAgain(ids: string[]): Promise<Schemas['DeliveryResults']> {
  return answered(api.POST('/api/notifications/deliveries/send-again', { body: { delivery_ids: ids }, headers: once() }))
}

const at = (id: string) => ({ path: { delivery_id: id } })

export function readDelivery(id: string, signal: AbortSignal): Promise<Delivery> {
  return answered(api.GET('/api/notifications/deliveries/{delivery_id}', { params: at(id), signal }))
}

export function readHistory(id: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/notifications/deliveries/{delivery_id}/history', { params: at(id), signal }))
}
