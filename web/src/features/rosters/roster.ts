/** A class session's roster and attendance as the API has them (STAFF-07, BEY-15). */
import { answered, api, once, type Schemas } from '@/api/client'

export type Attendance = Schemas['AttendanceRead']
export type Roster = Schemas['RosterRead']
export type Live = Schemas['LiveCheckIns']
export type Code = Schemas['CheckInCodeRead']

const at = (id: string) => ({ path: { class_session_id: id } })

export function readRoster(id: string, signal: AbortSignal): Promise<Roster> {
  return answered(api.GET('/api/training/class-sessions/{class_session_id}/roster', { params: at(id), signal }))
}

export function readAttendance(id: string, signal: AbortSignal): Promise<Attendance> {
  return answered(api.GET('/api/training/class-sessions/{class_session_id}/attendance', { params: at(id), signal }))
}

export function mark(id: string, day: string, registrationId: string, present: boolean): Promise<Attendance> {
  const params = { path: { class_session_id: id, day, registration_id: registrationId } }
  return answered(api.PUT('/api/training/class-sessions/{class_session_id}/attendance/{day}/{registration_id}', { params, body: { present } }))
}

/** One person's day after the results are out, which the certificate follows. */
export interface DayOf {
  registrationId: string
  name: string
  day: string
  present: boolean
}
const dayOf = (id: string, of: DayOf) => ({ path: { class_session_id: id, day: of.day, registration_id: of.registrationId } })

export function previewCorrection(id: string, of: DayOf, signal: AbortSignal): Promise<Schemas['AttendanceEffect']> {
  const body = { present: of.present }
  return answered(api.POST('/api/training/class-sessions/{class_session_id}/attendance/{day}/{registration_id}/correction', { params: dayOf(id, of), body, signal }))
}

export function correctDay(id: string, of: DayOf, reason: string): Promise<Attendance> {
  const body = { present: of.present, reason }
  return answered(
    api.POST('/api/training/class-sessions/{class_session_id}/attendance/{day}/{registration_id}/correct', { params: dayOf(id, of), body, headers: once() }),
  )
}

/** Everybody was there on that day. */
export function markAll(session: Attendance, day: string): Promise<Attendance> {
  const params = { path: { class_session_id: session.class_session_id, day } }
  const body = { registration_ids: session.people.map((each) => each.registration_id) }
  return answered(api.PUT('/api/training/class-sessions/{class_session_id}/attendance/{day}', { params, body }))
}

export function rosterSheet(id: string): Promise<unknown> {
  return answered(api.GET('/api/training/class-sessions/{class_session_id}/roster.xlsx', { params: at(id), parseAs: 'blob' }))
}

export async function prepareSignIn(id: string): Promise<void> {
  await answered(api.POST('/api/training/class-sessions/{class_session_id}/sign-in-sheet', { params: at(id) }))
}

export function readCode(id: string, signal: AbortSignal): Promise<Code> {
  return answered(api.GET('/api/training/class-sessions/{class_session_id}/check-in-code', { params: at(id), signal }))
}

export function readLive(id: string, signal: AbortSignal): Promise<Live> {
  return answered(api.GET('/api/training/class-sessions/{class_session_id}/check-ins', { params: at(id), signal }))
}

/** Where the keyboard goes from one box of a grid to the next; null where there is none. */
export function neighbour(key: string, row: number, column: number, rows: number, columns: number): { row: number; column: number } | null {
  const steps: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] }
  const step = steps[key]
  if (!step) return null
  const next = { row: row + step[0], column: column + step[1] }
  return next.row >= 0 && next.row < rows && next.column >= 0 && next.column < columns ? next : null
}
