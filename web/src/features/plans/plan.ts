/** A plan and its form as the API has them, and what units will see of what is typed (STAFF-01, TRN-36). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { wordsOf, fieldsOf, type Definition, type Dictionaries, type Entry, type Field, type Sent, type Values } from '@/kit/forms'
import type { Checked } from '@/kit/recordForm'

export type Plan = Schemas['PlanRead']
type PlanType = Schemas['PlanTypeRead']
export interface Form {
  definition: Definition
  types: PlanType[]
}
const TYPE = 'type_code'
const CHOSEN = 'specialties'
/** Of a copy these are its own. */
const NOT_COPIED = 'registration_deadline'
const NOTHING: Values = {}

export async function readForm(signal: AbortSignal): Promise<Form> {
  const [definition, types] = await Promise.all([
    answered(api.GET('/api/training/plans/form-definition', { signal })),
    answered(api.GET('/api/training/plan-types', { signal })),
  ])
  return { definition, types }
}

export function readPlan(id: string, signal?: AbortSignal): Promise<Plan> {
  return answered(api.GET('/api/training/plans/{plan_id}', { params: { path: { plan_id: id } }, ...(signal ? { signal } : {}) }))
}

export function check(given: Sent, signal: AbortSignal): Promise<Checked> {
  return answered(api.POST('/api/training/plans/check', { body: given, signal }))
}

// The names are the definition's, which the API made of these very bodies.
export function create(given: Sent, attachmentsOf: string | null): Promise<Plan> {
  const body = { ...given, attachments_of: attachmentsOf } as unknown as Schemas['PlanCreate']
  return answered(api.POST('/api/training/plans', { body, headers: once() }))
}

export function change(plan: Plan, changes: Record<string, unknown>): Promise<Plan> {
  const params = { path: { plan_id: plan.id } }
  return answered(api.PATCH('/api/training/plans/{plan_id}', { params, body: changes as unknown as Schemas['PlanUpdate'], headers: since(plan) }))
}

export async function remove(plan: Plan): Promise<void> {
  await answered(api.DELETE('/api/training/plans/{plan_id}', { params: { path: { plan_id: plan.id } } }))
}

export function readPublication(id: string, signal: AbortSignal): Promise<Schemas['PlanPublicationRead']> {
  return answered(api.GET('/api/training/plans/{plan_id}/publication', { params: { path: { plan_id: id } }, signal }))
}

export async function listPlans(signal: AbortSignal): Promise<Schemas['PlanListItem'][]> {
  return (await answered(api.GET('/api/training/plans', { params: { query: { limit: 100 } }, signal }))).items
}

function entryOf({ code, label }: { code: string; label: string }): Entry {
  return { code, label, pinyin: '', parent: null, group: null, selectable: true }
}

/** What can be chosen with what is typed: the specialties of the type, and of the ones that are opened, bundles. */
export function dictionariesFor(form: Form, typed: Values): Dictionaries {
  const chosen = typed[CHOSEN] ?? []
  const ofType = form.types.find((each) => each.code === typed[TYPE])?.specialties ?? []
  const offered = ofType.filter((each) => each.active || chosen.includes(each.code)).map(entryOf)
  return { specialties: offered, opened_specialties: offered.filter((each) => chosen.includes(each.code)) }
}

/** A plan as a new one begins with it. */
export function copied(values: Values): Values {
  return { ...values, [NOT_COPIED]: '' }
}

/** Fields of the form as people read them, for the preview. */
export function readable(form: Form, typed: Values | null): (name: string) => string {
  const byName = new Map<string, Field>(fieldsOf(form.definition).map((field) => [field.name, field]))
  const dictionaries = dictionariesFor(form, typed ?? NOTHING)
  return (name) => wordsOf(byName.get(name), typed?.[name], dictionaries)
}
