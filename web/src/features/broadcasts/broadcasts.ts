/** An office's own notices to units (STAFF-06): whom it may tell, and what may be done when, comes from the API. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Broadcast = Schemas['BroadcastRead']
export type Recipient = Schemas['RecipientItem']
type Row = Schemas['BroadcastListItem']
type Write = Schemas['BroadcastWrite']
export interface Typed {
  title: string
  body: string
  to: string
  region_codes: string[]
  plan_id: string
  channels: string[]
  last_day: string
}
export const BLANK: Typed = { title: '', body: '', to: '', region_codes: [], plan_id: '', channels: [], last_day: '' }
export const statuses = words('notifications', 'BroadcastStatus')
export const recipients = words('notifications', 'Recipients')
export const channels = words('notifications', 'Channel')
export const deliveryStatuses = words('notifications', 'DeliveryStatus')

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'title', label: '标题' },
  { key: 'to', label: '发给', value: (row) => `${row.to_label}，${row.recipients} 个账号` },
  { key: 'status', label: '状态' },
  { key: 'author', label: '起草', value: (row) => `${row.author_name}，${beijingTime(row.created_at)}` },
  { key: 'approved', label: '复核', value: (row) => row.approved_by_name ?? '—' },
  { key: 'sent', label: '发出时间', value: (row) => (row.sent_at ? beijingTime(row.sent_at) : '—'), unbroken: true },
]
export const RECIPIENT_COLUMNS: readonly Column<Recipient>[] = [
  { key: 'organisation', label: '单位', value: (row) => row.organisation_name || '—' },
  { key: 'person', label: '姓名', value: (row) => row.person_name, unbroken: true },
  { key: 'reached', label: '除消息中心外的发送方式', value: (row) => row.reached_label || '—' },
]

export function filters(): Filter[] {
  return [
    { kind: 'text', key: 'title', label: '标题', maxlength: 100 },
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
  ]
}

function queryOf(values: FilterValues) {
  return { title: single(values, 'title') ?? '', status: [...(values['status'] ?? [])] as Schemas['BroadcastStatus'][] }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/notifications/broadcasts', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/notifications/exports/broadcasts.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

const at = (id: string) => ({ path: { broadcast_id: id } })

export function askRecipients(id: string, cursor: string, signal: AbortSignal): Promise<Page<Recipient>> {
  const params = { ...at(id), query: { cursor: cursor || null } }
  return answered(api.GET('/api/notifications/broadcasts/{broadcast_id}/recipients', { params, signal }))
}

export function exportRecipients(id: string): Promise<unknown> {
  return answered(api.GET('/api/notifications/exports/recipients.xlsx', { params: { query: { broadcast_id: id } }, parseAs: 'blob' }))
}

export function readBroadcast(id: string, signal?: AbortSignal): Promise<Broadcast> {
  return answered(api.GET('/api/notifications/broadcasts/{broadcast_id}', { params: at(id), ...(signal ? { signal } : {}) }))
}

export function readHistory(id: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/notifications/broadcasts/{broadcast_id}/history', { params: at(id), signal }))
}

export function listPlans(signal: AbortSignal): Promise<Schemas['PlanChoice'][]> {
  return answered(api.GET('/api/notifications/broadcasts/plans', { signal }))
}

export function typedOf(of: Broadcast, own: string): Typed {
  const { title, body, to, channels: ways, last_day, plan_id } = of
  return { title, body, to, channels: [...ways], last_day, plan_id: plan_id ?? '', region_codes: of.region_codes.filter((each) => each !== own) }
}

/** What is wrong in it, the API says. */
const written = (typed: Typed): Write => ({ ...typed, plan_id: typed.plan_id || null }) as Write

export function create(typed: Typed): Promise<Broadcast> {
  return answered(api.POST('/api/notifications/broadcasts', { body: written(typed), headers: once() }))
}

export function change(typed: Typed, of: Broadcast): Promise<Broadcast> {
  return answered(api.PATCH('/api/notifications/broadcasts/{broadcast_id}', { params: at(of.id), body: written(typed), headers: since(of) }))
}
