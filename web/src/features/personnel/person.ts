/** A person's file and its form as the API has them. */
import { answered, api, type Schemas } from '@/api/client'
import { dictionariesOf } from '@/kit/dictionaries'
import { labelsOf, type Definition, type Dictionaries, type Sent } from '@/kit/forms'
import type { Labels } from '@/kit/labels'
import type { Checked } from '@/kit/recordForm'

export type Person = Schemas['StaffMemberRead']
export type Action = Schemas['AllowedAction']

export interface PersonForm {
  definition: Definition
  dictionaries: Dictionaries
}

function readDefinition(signal?: AbortSignal): Promise<Definition> {
  return answered(api.GET('/api/training/personnel/form-definition', signal ? { signal } : {}))
}

/** What the form calls its fields, without its dictionaries. */
export async function readLabels(signal?: AbortSignal): Promise<Labels> {
  return labelsOf(await readDefinition(signal))
}

export async function readForm(signal?: AbortSignal): Promise<PersonForm> {
  const definition = await readDefinition(signal)
  return { definition, dictionaries: await dictionariesOf(definition, signal) }
}

export function readPerson(staffId: string, signal?: AbortSignal): Promise<Person> {
  const params = { path: { staff_id: staffId } }
  return answered(api.GET('/api/training/personnel/{staff_id}', { params, ...(signal ? { signal } : {}) }))
}

export function checkPerson(given: Sent, signal: AbortSignal, staffId?: string): Promise<Checked> {
  const params = { query: staffId ? { staff_id: staffId } : {} }
  return answered(api.POST('/api/training/personnel/check', { params, body: given, signal }))
}

export function actionOf(person: { allowed_actions: Action[] }, name: string): Action | undefined {
  return person.allowed_actions.find((each) => each.action === name)
}
