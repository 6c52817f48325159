/** The employer's own basics as the API has them; every change says from which version it was made. */
import { answered, api, since, type Schemas } from '@/api/client'
import type { Definition, Sent } from '@/kit/forms'
import type { Checked } from '@/kit/recordForm'

export type Employer = Schemas['EmployerRead']
export type Edited = Schemas['EmployerEdited']

export function readDefinition(signal: AbortSignal): Promise<Definition> {
  return answered(api.GET('/api/declaration/employers/current/form-definition', { signal }))
}

export function readEmployer(signal?: AbortSignal): Promise<Employer> {
  return answered(api.GET('/api/declaration/employers/current', signal ? { signal } : {}))
}

export function check(given: Sent, signal: AbortSignal): Promise<Checked> {
  return answered(api.POST('/api/declaration/employers/current/check', { body: given, signal }))
}

/** The names are the definition's, which the API made of this very body. */
export function change(employer: Employer, changes: Sent): Promise<Edited> {
  const body = changes as unknown as Schemas['EmployerUpdate']
  return answered(api.PATCH('/api/declaration/employers/current', { body, headers: since(employer) }))
}
