/** 操作记录 of all services as one list: each is asked for the newest, and shown is what none of them can have anything before (PLAT-04). */
import { answered, api, type Schemas } from '@/api/client'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

type Entry = Schemas['AuditEntry']
export type Kinds = Record<ServiceName, Schemas['AuditedRecordType'][]>
export type Row = Entry & { service: ServiceName }
interface Answer {
  items: Entry[]
  next_cursor: string | null
  total: number
  total_is_exact: boolean
}
const SERVICES = ['auth', 'training', 'certificates', 'declaration', 'notifications'] as const
export type ServiceName = (typeof SERVICES)[number]
const SEPARATOR = '/'
const LIMIT = 60

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'at', label: '时间', value: (row) => beijingTime(row.at), unbroken: true },
  { key: 'actor', label: '办理人', value: (row) => `${row.actor_name}${row.address ? `（${row.address}）` : ''}` },
  { key: 'type', label: '记录类型', value: (row) => row.record_type_label, unbroken: true },
  { key: 'action', label: '操作', value: (row) => row.action_label },
  { key: 'changes', label: '内容' },
  { key: 'record', label: '该记录' },
]

const ASKING = {
  auth: (query: Query, signal: AbortSignal) => answered(api.GET('/api/auth/audit', { params: { query }, signal })),
  training: (query: Query, signal: AbortSignal) => answered(api.GET('/api/training/audit', { params: { query }, signal })),
  certificates: (query: Query, signal: AbortSignal) => answered(api.GET('/api/certificates/audit', { params: { query }, signal })),
  declaration: (query: Query, signal: AbortSignal) => answered(api.GET('/api/declaration/audit', { params: { query }, signal })),
  notifications: (query: Query, signal: AbortSignal) => answered(api.GET('/api/notifications/audit', { params: { query }, signal })),
}

export async function readKinds(signal: AbortSignal): Promise<Kinds> {
  const [auth, training, certificates, declaration, notifications] = await Promise.all([
    answered(api.GET('/api/auth/audit/record-types', { signal })),
    answered(api.GET('/api/training/audit/record-types', { signal })),
    answered(api.GET('/api/certificates/audit/record-types', { signal })),
    answered(api.GET('/api/declaration/audit/record-types', { signal })),
    answered(api.GET('/api/notifications/audit/record-types', { signal })),
  ])
  return { auth, training, certificates, declaration, notifications }
}

/** A kind of record in the address: of two services the same code means two things. */
export function kindOf(service: ServiceName, code: string): string {
  return `${service}${SEPARATOR}${code}`
}

/** Actions can be chosen once it is known of what. */
export function filters(kinds: Kinds | undefined, chosen: string): Filter[] {
  const types: Option[] = SERVICES.flatMap((service) => (kinds?.[service] ?? []).map((each) => ({ value: kindOf(service, each.code), label: each.label })))
  const [service, code] = chosen.split(SEPARATOR)
  const found = kinds?.[service as ServiceName]?.find((each) => each.code === code)
  const actions = Object.entries(found?.actions ?? {}).map(([value, label]) => ({ value, label }))
  return [
    { kind: 'text', key: 'actor', label: '办理人或单位', maxlength: 100 },
    { kind: 'choice', key: 'type', label: '记录类型', options: types },
    { kind: 'choice', key: 'action', label: '操作', options: actions },
    { kind: 'choice', key: 'views', label: '查看或变更', options: [{ value: 'true', label: '查看' }, { value: 'false', label: '变更' }] },
    { kind: 'text', key: 'q', label: '内容或理由', maxlength: 100 },
    { kind: 'text', key: 'record_id', label: '记录标识', maxlength: 36 },
    { kind: 'date', key: 'at_from', label: '日期 起' },
    { kind: 'date', key: 'at_to', label: '日期 止' },
  ]
}

function queryOf(values: FilterValues) {
  const or = (key: string) => single(values, key) || null
  const views = single(values, 'views')
  return {
    actor: single(values, 'actor') ?? '',
    q: single(values, 'q') ?? '',
    action: or('action'),
    record_type: or('type')?.split(SEPARATOR)[1] ?? null,
    record_id: or('record_id'),
    views: views ? views === 'true' : null,
    at_from: or('at_from'),
    at_to: or('at_to'),
    limit: LIMIT,
  }
}
type Query = ReturnType<typeof queryOf> & { until?: string }

/** As a text that sorts as the moments do, to the microsecond. */
export function moment(at: string): string {
  const [whole = '', part = ''] = at.replace('Z', '').split('.')
  return `${whole}.${part.padEnd(6, '0')}`
}

interface Dated {
  at: string
}

/** The newest of all answers, down to where the first of them ends: behind that another may have more. `until` is where to go on. */
export function merged<T extends Dated, S extends string>(
  answers: readonly (readonly [S, { items: readonly T[]; next_cursor: string | null }])[],
): { rows: (T & { service: S })[]; until: string | null } {
  const ends = answers.flatMap(([, each]) => (each.next_cursor ? [each.items[each.items.length - 1]?.at ?? ''] : [])).sort((one, other) => (moment(one) < moment(other) ? 1 : -1))
  const until = ends[0] ?? null
  const all = answers.flatMap(([service, each]) => each.items.map((item) => ({ ...item, service })))
  const rows = all.sort((one, other) => (moment(one.at) < moment(other.at) ? 1 : -1))
  return { rows: until === null ? rows : rows.filter((row) => moment(row.at) > moment(until)), until }
}

export async function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const only = single(values, 'type')?.split(SEPARATOR)[0]
  const [until, total] = cursor.split('|')
  const query: Query = { ...queryOf(values), ...(until ? { until } : {}) }
  const asked = SERVICES.filter((each) => !only || each === only)
  const answers = await Promise.all(asked.map(async (service): Promise<[ServiceName, Answer]> => [service, await ASKING[service](query, signal)]))
  const { rows, until: next } = merged(answers)
  const sum = total ? Number(total) : answers.reduce((so, [, each]) => so + each.total, 0)
  const exact = answers.every(([, each]) => each.total_is_exact)
  return { items: rows, next_cursor: next === null ? null : `${next}|${sum}`, total: sum, total_is_exact: exact }
}
