/** The class sessions of a plan as the API has them, and what is typed of one before it is sent (STAFF-05). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Definition } from '@/kit/forms'

export type Session = Schemas['ClassSessionRead']
export type Proposed = Schemas['ProposedSession']
export type Demand = Schemas['DemandRead']
type Kind = Schemas['TrainingKind']
/** What the plan offers. */
export type Specialty = Schemas['Choice']
const MOST = 200

/** Numbers as they are typed. `places` holds the 专业类别 that the session has; blank: 分班人数 alone binds. */
export interface Typed {
  session_no: string
  training_kind: Kind
  capacity: string
  location: string
  start_date: string
  end_date: string
  days: string
  selection_deadline: string
  places: Record<string, string>
}
export const sessionStatuses = words('training', 'ClassSessionStatus')
export const scheduleStatuses = words('training', 'ScheduleStatus')

const at = (planId: string) => ({ path: { plan_id: planId } })
const typedNumber = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value))

export function typedOf(row: Session | Proposed): Typed {
  return {
    session_no: String(row.session_no),
    training_kind: row.training_kind,
    capacity: String(row.capacity),
    location: row.location,
    start_date: row.start_date,
    end_date: row.end_date,
    days: String(row.days),
    selection_deadline: row.selection_deadline,
    places: Object.fromEntries(row.specialties.map((each) => [each.specialty_code, typedNumber(each.places)])),
  }
}

export function blank(specialties: readonly Specialty[], location: string): Typed {
  const places = Object.fromEntries(specialties.map((each) => [each.code, '']))
  return { session_no: '', training_kind: 'initial', capacity: '', location, start_date: '', end_date: '', days: '', selection_deadline: '', places }
}

/** A number as the API takes it; what is none is sent as it is, so that the API says so at the field. */
function number(text: string): number | null {
  const typed = text.trim()
  return typed ? (/^\d{1,6}$/.test(typed) ? Number(typed) : (typed as unknown as number)) : null
}

export function bodyOf(typed: Typed, specialties: readonly Specialty[]) {
  return {
    session_no: number(typed.session_no),
    training_kind: typed.training_kind,
    capacity: number(typed.capacity) as number,
    location: typed.location.trim(),
    start_date: typed.start_date || (null as unknown as string),
    end_date: typed.end_date || (null as unknown as string),
    days: number(typed.days),
    selection_deadline: typed.selection_deadline || (null as unknown as string),
    specialties: specialties
      .filter((each) => each.code in typed.places)
      .map((each) => ({ specialty_code: each.code, places: number(typed.places[each.code] ?? '') })),
  }
}

/** What was changed and nothing else: the rest may have been changed by somebody meanwhile. */
export function changesOf(typed: Typed, row: Session, specialties: readonly Specialty[]): Partial<Schemas['ClassSessionUpdate']> {
  const [now, before] = [bodyOf(typed, specialties), bodyOf(typedOf(row), specialties)]
  const changed = Object.entries(now).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof typeof before]))
  const changes = Object.fromEntries(changed) as Partial<Schemas['ClassSessionUpdate']>
  // The days follow the dates, unless somebody says otherwise.
  const datesMoved = 'start_date' in changes || 'end_date' in changes
  if (datesMoved && !('days' in changes) && before.days === daysBetween(row.start_date, row.end_date)) {
    changes.days = daysBetween(typed.start_date, typed.end_date)
  }
  return changes
}

function daysBetween(start: string, end: string): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / 86_400_000) + 1
}

/** How much of a bar is full, and how much of the demand finds no place. */
export function share(part: number, of: number): number {
  return of > 0 ? Math.min(100, Math.round((part / of) * 100)) : 0
}

export async function sessionsOf(planId: string, signal: AbortSignal): Promise<Session[]> {
  const query = { plan_id: planId, limit: MOST }
  const found = (await answered(api.GET('/api/training/class-sessions', { params: { query }, signal }))).items
  return [...found].sort((one, other) => one.session_no - other.session_no)
}

export async function scheduleOf(planId: string, signal: AbortSignal): Promise<Schemas['ScheduleRead'] | null> {
  const query = { plan_id: planId }
  return (await answered(api.GET('/api/training/schedules', { params: { query }, signal }))).items[0] ?? null
}

export function planOf(planId: string, signal: AbortSignal): Promise<Schemas['PlanRead']> {
  return answered(api.GET('/api/training/plans/{plan_id}', { params: at(planId), signal }))
}

export function demandOf(planId: string, signal: AbortSignal): Promise<Demand> {
  return answered(api.GET('/api/training/class-planning/{plan_id}/demand', { params: at(planId), signal }))
}

let definition: Promise<Definition> | undefined

/** The form of a class session: asked for once, however many are drawn from it. */
export function sessionForm(): Promise<Definition> {
  definition ??= answered(api.GET('/api/training/class-sessions/form-definition')).catch((thrown: unknown) => {
    definition = undefined
    throw thrown
  })
  return definition
}

/** What the API says of a session while it is typed; nothing is written. */
export function checkSession(planId: string, typed: Typed, specialties: readonly Specialty[], signal: AbortSignal): Promise<Schemas['RecordFormCheckRead']> {
  const body = { plan_id: planId, ...bodyOf(typed, specialties) }
  return answered(api.POST('/api/training/class-sessions/check', { body, signal }))
}

export function propose(planId: string, body: Schemas['ProposalAsked']): Promise<Schemas['ProposalRead']> {
  return answered(api.POST('/api/training/class-planning/{plan_id}/proposal', { params: at(planId), body }))
}

export async function create(planId: string, typed: Typed, specialties: readonly Specialty[]): Promise<void> {
  await answered(api.POST('/api/training/class-sessions', { body: { plan_id: planId, ...bodyOf(typed, specialties) }, headers: once() }))
}

export async function change(row: Session, typed: Typed, specialties: readonly Specialty[]): Promise<void> {
  const params = { path: { class_session_id: row.id } }
  const body = changesOf(typed, row, specialties) as Schemas['ClassSessionUpdate']
  await answered(api.PATCH('/api/training/class-sessions/{class_session_id}', { params, body, headers: since(row) }))
}

export async function remove(row: Session): Promise<void> {
  await answered(api.DELETE('/api/training/class-sessions/{class_session_id}', { params: { path: { class_session_id: row.id } } }))
}
