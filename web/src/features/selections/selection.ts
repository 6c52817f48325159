/** A unit's selection in a plan as the API has it (TRN-60…74), and the queue (BEY-02). */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['SelectionListItem']
export type Selection = Schemas['SelectionRead']
export type Card = Schemas['SessionCard']
export type CardRow = Schemas['SessionRow']
export type Candidates = Schemas['CandidatesRead']
export type Entry = Schemas['WaitingEntryRead']
type Live = Schemas['LiveSeats']

export const statuses = words('training', 'SelectionStatus')
const at = (planId: string) => ({ path: { plan_id: planId } })

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'type', label: '培训班类型', value: (row) => row.type_label },
  { key: 'name', label: '培训班名称' },
  { key: 'count', label: '培训期数', value: (row) => String(row.class_session_count), number: true },
  { key: 'capacity', label: '分班人数', value: (row) => String(row.capacity), number: true },
  { key: 'selected', label: '选班人数', value: (row) => String(row.selected), number: true },
  { key: 'until', label: '选班截止', unbroken: true },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'operation', label: '操作' },
]

export function until(row: Row): string {
  if (row.days_left === null || row.next_deadline === null) return '已截止'
  return row.days_left === 0 ? '今天截止' : `${row.next_deadline}，还有 ${row.days_left} 天`
}

export function filters(types: Option[]): Filter[] {
  return [
    { kind: 'choice', key: 'type_code', label: '培训班类型', options: types },
    { kind: 'text', key: 'name', label: '培训班名称', maxlength: 100 },
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
  ]
}

function queryOf(values: FilterValues) {
  return {
    type_code: single(values, 'type_code') ?? null,
    name: single(values, 'name') ?? null,
    status: [...(values['status'] ?? [])] as Schemas['SelectionStatus'][],
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/training/selections', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/selections.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function readSelection(planId: string, signal: AbortSignal): Promise<Selection> {
  return answered(api.GET('/api/training/selections/{plan_id}', { params: at(planId), signal }))
}

/** The browser itself asks by the ETag, and most answers are that nothing has changed. */
export function readSeats(planId: string, signal: AbortSignal): Promise<Live> {
  return answered(api.GET('/api/training/selections/{plan_id}/seats', { params: at(planId), signal }))
}

export function readCandidates(planId: string, sessionId: string, specialty: string, signal: AbortSignal): Promise<Candidates> {
  const query = { class_session_id: sessionId, specialty_code: specialty }
  return answered(api.GET('/api/training/selections/{plan_id}/candidates', { params: { ...at(planId), query }, signal }))
}

export function place(planId: string, sessionId: string, specialty: string, ids: string[]): Promise<Schemas['PlacementsRead']> {
  const body = { class_session_id: sessionId, specialty_code: specialty, registration_ids: ids }
  return answered(api.PUT('/api/training/selections/{plan_id}/placements', { params: at(planId), body }))
}

export function readPlaced(planId: string, signal: AbortSignal): Promise<Schemas['PlacementsOfPlan']> {
  return answered(api.GET('/api/training/selections/{plan_id}/placements', { params: at(planId), signal }))
}

export async function queue(sessionId: string, specialty: string, ids: string[], together: boolean): Promise<Entry[]> {
  const body = { class_session_id: sessionId, specialty_code: specialty, registration_ids: ids, together }
  return (await answered(api.POST('/api/training/waiting-entries', { body, headers: once() }))).entries
}

/** The cards with the numbers as they are now. */
export function withLive(cards: readonly Card[], live: Live | null): Card[] {
  const now = new Map(live?.class_sessions.map((each) => [each.class_session_id, each]))
  return cards.map((card) => {
    const fresh = now.get(card.class_session_id)
    if (!fresh) return card
    const rows = card.rows.map((row) => {
      const own = fresh.rows.find((each) => each.specialty_code === row.specialty_code)
      return own ? { ...row, taken: own.taken, remaining: own.remaining } : row
    })
    return { ...card, remaining: fresh.remaining, rows }
  })
}

/** Which numbers are others than before, by the key of their place. */
export function changedRows(before: Live | null, now: Live): Set<string> {
  const old = new Map(before?.class_sessions.flatMap((each) => each.rows.map((row) => [keyOf(each.class_session_id, row.specialty_code), row.remaining])))
  const changed = now.class_sessions.flatMap((each) =>
    each.rows.filter((row) => old.has(keyOf(each.class_session_id, row.specialty_code)) && old.get(keyOf(each.class_session_id, row.specialty_code)) !== row.remaining).map((row) => keyOf(each.class_session_id, row.specialty_code)),
  )
  return new Set(changed)
}

export function keyOf(sessionId: string, specialty: string): string {
  return `${sessionId} ${specialty}`
}
