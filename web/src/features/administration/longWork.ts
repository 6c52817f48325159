/** The long work of all organisations in all services that have some, as one list (PLAT-09, AUTH-31). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { merged } from '@/features/administration/audit'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import type { Filter, FilterValues } from '@/kit/filters'

type State = Schemas['JobState']
interface Query {
  state: State[]
  until: string | null
  limit: number
}
const SERVICES = ['training', 'certificates', 'declaration', 'auth', 'notifications'] as const
type Service = (typeof SERVICES)[number]
type Row = Schemas['JobOfAll'] & { state_label?: string; at: string; service: Service }
const LIMIT = 60
const OPEN: State[] = ['waiting', 'running']
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
export const states = words('training', 'JobState')

const ASKING = {
  training: (query: Query, signal: AbortSignal) => answered(api.GET('/api/training/jobs/all', { params: { query }, signal })),
  certificates: (query: Query, signal: AbortSignal) => answered(api.GET('/api/certificates/jobs/all', { params: { query }, signal })),
  declaration: (query: Query, signal: AbortSignal) => answered(api.GET('/api/declaration/jobs/all', { params: { query }, signal })),
  auth: (query: Query, signal: AbortSignal) => answered(api.GET('/api/auth/jobs/all', { params: { query }, signal })),
  notifications: (query: Query, signal: AbortSignal) => answered(api.GET('/api/notifications/jobs/all', { params: { query }, signal })),
}

/** In the two largest units. */
export function lasting(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} 秒`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} 分 ${seconds % MINUTE} 秒`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} 小时 ${Math.floor((seconds % HOUR) / MINUTE)} 分`
  return `${Math.floor(seconds / DAY)} 天 ${Math.floor((seconds % DAY) / HOUR)} 小时`
}

export function progressOf(row: Pick<Row, 'total' | 'done' | 'failed'>): string {
  const done = row.total === null ? `${row.done}` : `${row.done} / ${row.total}`
  return row.failed ? `${done}，有误 ${row.failed}` : done
}

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'kind', label: '任务', value: (row) => row.kind_label, unbroken: true },
  { key: 'organisation', label: '单位', value: (row) => row.organisation_name },
  { key: 'person', label: '提交人', value: (row) => row.person_name, unbroken: true },
  { key: 'at', label: '提交时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'state', label: '状态', unbroken: true },
  { key: 'progress', label: '进度', value: progressOf },
  { key: 'lasting', label: '用时', value: (row) => lasting(row.seconds), unbroken: true },
  { key: 'failure', label: '失败原因', value: (row) => row.failure ?? '—' },
]

export function filters(): Filter[] {
  return [{ kind: 'choices', key: 'state', label: '状态', options: states.options(), preset: OPEN }]
}

export async function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const [until, total] = cursor.split('|')
  const query = { state: [...(values['state'] ?? [])] as State[], until: until || null, limit: LIMIT }
  const answers = await Promise.all(SERVICES.map(async (service) => [service, await ASKING[service](query, signal)] as const))
  const dated = answers.map(([service, page]) => [service, { ...page, items: page.items.map((job) => ({ ...job, at: job.created_at })) }] as const)
  const { rows, until: next } = merged(dated)
  const sum = total ? Number(total) : answers.reduce((so, [, page]) => so + page.total, 0)
  const exact = answers.every(([, page]) => page.total_is_exact)
  return { items: rows, next_cursor: next === null ? null : `${next}|${sum}`, total: sum, total_is_exact: exact }
}
