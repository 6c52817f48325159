/** 运行状况 of all services as one: each says how it stands, and one that does not answer is a trouble itself (PLAT-10). */
import { answered, api, type Schemas } from '@/api/client'
import { asProblem } from '@/api/problem'
import { beijingTime } from '@/kit/beijing'
import type { Column } from '@/kit/columns'

export type Standing = Schemas['ServiceStanding']
export type TroubleRow = Pick<Schemas['ServiceTrouble'], 'words' | 'step' | 'since'> & { service: string }
type Disk = Schemas['ServiceDisk']
export type RetentionRow = Schemas['ServiceRetention'] & { service: string }
export interface Whole {
  troubles: TroubleRow[]
  services: Standing[]
  disks: Disk[]
  retentions: RetentionRow[]
}
const MB_OF_A_GB = 1024

export const TROUBLES: readonly Column<TroubleRow>[] = [
  { key: 'service', label: '部分', value: (row) => row.service, unbroken: true },
  { key: 'words', label: '情况', value: (row) => row.words },
  { key: 'since', label: '自何时起', value: (row) => (row.since ? beijingTime(row.since) : '—'), unbroken: true },
  { key: 'step', label: '怎么办', value: (row) => row.step },
]
export const SERVICES: readonly Column<Standing>[] = [
  { key: 'label', label: '部分', value: (row) => row.label, unbroken: true },
  { key: 'looked', label: '最近自检', value: (row) => (row.looked_at ? beijingTime(row.looked_at) : '—'), unbroken: true },
  { key: 'waiting', label: '待办', value: (row) => waitingOf(row) },
  { key: 'overdue', label: '超时', value: (row) => String(row.waiting.reduce((sum, each) => sum + each.overdue, 0)), number: true },
  { key: 'queues', label: '排队', value: (row) => queuesOf(row) },
  { key: 'parked', label: '搁置的消息', value: (row) => String(row.parked), number: true },
  { key: 'size', label: '数据库', value: (row) => `${row.megabytes} MB`, number: true },
]
export const DISKS: readonly Column<Disk>[] = [
  { key: 'folder', label: '目录', value: (row) => row.folder },
  { key: 'free', label: '剩余', value: (row) => gigabytes(row.free_mb), number: true },
  { key: 'total', label: '总空间', value: (row) => gigabytes(row.total_mb), number: true },
]
export const RETENTIONS: readonly Column<RetentionRow>[] = [
  { key: 'service', label: '部分', value: (row) => row.service, unbroken: true },
  { key: 'label', label: '内容', value: (row) => row.label },
  { key: 'days', label: '保留', value: (row) => (row.days ? `${row.days} 天` : '永久'), unbroken: true },
  { key: 'source', label: '依据', value: (row) => row.source },
  { key: 'coming', label: '待清除', value: (row) => String(row.coming), number: true },
  { key: 'gone', label: '已清除', value: (row) => String(row.gone), number: true },
  { key: 'last', label: '最近一次', value: (row) => (row.last_gone_at ? beijingTime(row.last_gone_at) : '—'), unbroken: true },
]
const NOTHING = '无'

function gigabytes(megabytes: number): string {
  return `${(megabytes / MB_OF_A_GB).toFixed(1)} GB`
}

function waitingOf(row: Standing): string {
  const some = row.waiting.filter((each) => each.rows > 0)
  return some.map((each) => `${each.label} ${each.rows}`).join('、') || NOTHING
}

function queuesOf(row: Standing): string {
  const some = row.queues.filter((each) => each.messages !== 0)
  return some.map((each) => `${each.label} ${each.messages ?? '不详'}`).join('、') || NOTHING
}

const ASKING = [
  { service: '账号与登录', ask: (signal: AbortSignal) => answered(api.GET('/api/auth/standing', { signal })) },
  { service: '技术人员培训', ask: (signal: AbortSignal) => answered(api.GET('/api/training/standing', { signal })) },
  { service: '证书与文书', ask: (signal: AbortSignal) => answered(api.GET('/api/certificates/standing', { signal })) },
  { service: '职业病危害项目申报', ask: (signal: AbortSignal) => answered(api.GET('/api/declaration/standing', { signal })) },
  { service: '消息', ask: (signal: AbortSignal) => answered(api.GET('/api/notifications/standing', { signal })) },
]
type Answer = PromiseSettledResult<Standing>

/** What each said, one after the other; disks that several see are one. */
export function whole(names: readonly string[], answers: readonly Answer[]): Whole {
  const troubles = answers.flatMap((answer, at): TroubleRow[] => {
    const service = names[at] ?? ''
    if (answer.status === 'rejected') return [{ service, words: `没有应答：${asProblem(answer.reason).message}`, since: null, step: '稍后刷新；仍没有应答的，告诉运维人员' }]
    return answer.value.troubles.map((each) => ({ ...each, service: answer.value.label }))
  })
  const services = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const disks = new Map(services.flatMap((each) => each.disks).map((disk) => [disk.folder, disk]))
  const retentions = services.flatMap((each) => each.retentions.map((row) => ({ ...row, service: each.label })))
  return { troubles, services, disks: [...disks.values()], retentions }
}

export async function readAll(signal: AbortSignal): Promise<Whole> {
  const answers = await Promise.allSettled(ASKING.map((each) => each.ask(signal)))
  const all = whole(ASKING.map((each) => each.service), answers)
  const first = answers.find((answer) => answer.status === 'rejected')
  // Nobody answers, or not to us: the page says why, as any other does.
  if (!all.services.length && first) throw first.reason
  return all
}
