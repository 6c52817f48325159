/** A person's file and its form as the API has them. */
import { answered, api, type Schemas } from '@/api/client'
import { dictionariesOf } from '@/kit/dictionaries'
import type { Definition, Dictionaries, Sent } from '@/kit/forms'
import type { Checked } from '@/kit/recordForm'

export type Person = Schemas['StaffMemberRead']
export type Action = Schemas['AllowedAction']

export interface PersonForm {
  definition: Definition
  dictionaries: Dictionaries
}

export async function readForm(signal?: AbortSignal): Promise<PersonForm> {
  const definition = await answered(api.GET('/api/training/personnel/form-definition', signal ? { signal } : {}))
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
