/** Auth's own messages: codes, links, answers to requests. Which of them somebody sees the API says (STAFF-06, BEY-12). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

type Row = Schemas['TextListItem']
export const arrivals = words('auth', 'Arrival')
const kinds = words('auth', 'TextKind')

export const TEXT_COLUMNS: readonly Column<Row>[] = [
  { key: 'at', label: '时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'kind', label: '短信类型' },
  { key: 'phone', label: '号码和账号' },
  { key: 'provider', label: '短信服务商', value: (row) => row.provider ?? '—', unbroken: true },
  { key: 'arrival', label: '发送情况' },
  { key: 'delivered', label: '送达时间', value: (row) => (row.delivered_at ? beijingTime(row.delivered_at) : '—'), unbroken: true },
]

export function textFilters(): Filter[] {
  return [
    { kind: 'choices', key: 'arrival', label: '发送情况', options: arrivals.options() },
    { kind: 'choice', key: 'kind', label: '短信类型', options: kinds.options() },
    { kind: 'date', key: 'day_from', label: '日期 起' },
    { kind: 'date', key: 'day_to', label: '日期 止' },
  ]
}

function queryOf(values: FilterValues) {
  return {
    arrival: [...(values['arrival'] ?? [])] as Schemas['Arrival'][],
    kind: (single(values, 'kind') ?? null) as Schemas['TextKind'] | null,
    day_from: single(values, 'day_from') ?? null,
    day_to: single(values, 'day_to') ?? null,
  }
}

export function askTexts(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/auth/texts', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportTexts(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/auth/exports/texts.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function readFigures(signal: AbortSignal): Promise<Schemas['TextFigures']> {
  return answered(api.GET('/api/auth/texts/figures', { signal }))
}

export function figureWords(figures: Schemas['TextFigures'] | null | undefined): string {
  const said = (figures?.providers ?? []).map((each) => `${each.provider} 送达 ${each.delivered}，没有送达 ${each.failed}，还没有回执 ${each.unreported}`)
  const lately = said.length ? `近 24 小时：${said.join('；')}` : ''
  return [figures?.words, lately].filter(Boolean).join('。')
}
