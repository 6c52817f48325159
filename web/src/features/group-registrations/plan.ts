/** A plan as the unit works in it, its people and their forms, as the API has them. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import type { Definition, Sent } from '@/kit/forms'
import type { Checked } from '@/kit/recordForm'

export type PlanOfUnit = Schemas['GroupRegistrationRead']
export type Registrant = Schemas['RegistrantRow']
export type Registration = Schemas['RegistrationRead']
export type Candidate = Schemas['CandidateListItem']
export type Action = Schemas['AllowedAction']
const PLAN = 'plan_id'

const at = (planId: string) => ({ path: { plan_id: planId } })
const of = (registrationId: string) => ({ path: { registration_id: registrationId } })

export function readPlan(planId: string, signal: AbortSignal): Promise<PlanOfUnit> {
  return answered(api.GET('/api/training/group-registrations/{plan_id}', { params: at(planId), signal }))
}

export function readDefinition(planId: string, signal: AbortSignal): Promise<Definition> {
  return answered(api.GET('/api/training/group-registrations/{plan_id}/form-definition', { params: at(planId), signal }))
}

/** Everybody in the unit's file, page after page. */
export async function readCandidates(planId: string, signal: AbortSignal): Promise<Candidate[]> {
  const all: Candidate[] = []
  let cursor: string | null = null
  do {
    const params: { path: { plan_id: string }; query: { limit: number; cursor: string | null } } = { ...at(planId), query: { limit: 100, cursor } }
    const page: Schemas['Page_CandidateListItem_'] = await answered(api.GET('/api/training/group-registrations/{plan_id}/candidates', { params, signal }))
    all.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return all
}

export function addPeople(planId: string, staffIds: string[]): Promise<Schemas['AddResults']> {
  return answered(api.POST('/api/training/registrations', { body: { plan_id: planId, staff_ids: staffIds }, headers: once() }))
}

export function readRegistration(id: string, signal?: AbortSignal): Promise<Registration> {
  return answered(api.GET('/api/training/registrations/{registration_id}', { params: of(id), ...(signal ? { signal } : {}) }))
}

export function check(id: string, given: Sent, signal: AbortSignal): Promise<Checked> {
  return answered(api.POST('/api/training/registrations/{registration_id}/check', { params: of(id), body: given, signal }))
}

/** The numbers stay as they were read or typed: the answer to a change has them masked. */
export async function change(form: Registration, changes: Sent): Promise<Registration> {
  const body = changes as unknown as Schemas['RegistrationUpdate']
  const now = await answered(api.PATCH('/api/training/registrations/{registration_id}', { params: of(form.registration_id), body, headers: since(form) }))
  return { ...now, facts: form.facts, recipient_phone: typeof changes['recipient_phone'] === 'string' ? changes['recipient_phone'] : form.recipient_phone }
}

export async function remove(id: string): Promise<void> {
  await answered(api.DELETE('/api/training/registrations/{registration_id}', { params: of(id) }))
}

export function submitAll(ids: string[]): Promise<Schemas['BatchRead']> {
  return answered(api.POST('/api/training/registrations/submissions', { body: { registration_ids: ids }, headers: once() }))
}

export function copyTo(id: string, ids: string[], preview: boolean): Promise<Schemas['CopiesRead']> {
  return answered(api.POST('/api/training/registrations/{registration_id}/copies', { params: of(id), body: { registration_ids: ids, preview }, headers: once() }))
}

/** What an action asks for that the page knows. */
export function givenFor(action: Action | null, planId: string): Record<string, string> {
  return action?.fields.some((field) => field.name === PLAN) ? { [PLAN]: planId } : {}
}

export function allowedFor(rows: readonly Registrant[], action: string): Registrant[] {
  return rows.filter((row) => row.complete && row.allowed_actions.some((each) => each.action === action && each.allowed))
}
