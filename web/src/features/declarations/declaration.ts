/** A declaration and its form as the API has them; every change says from which version it was made. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { idsAfter, onTheLatest } from '@/kit/attachments'
import type { Sent } from '@/kit/forms'

export type Declaration = Schemas['DeclarationRead']
export type Definition = Schemas['DeclarationFormRead']
export type Section = Schemas['DeclarationFormSection']
export type Table = Schemas['DeclarationFormTable']
export type Checked = Schemas['DeclarationCheckRead']
export type Found = Schemas['Problem']
export type Action = Schemas['AllowedAction']
export type Clock = Schemas['ClockRead']
export type FactorEntry = Schemas['FactorEntry']
/** Any part of the form; the names are the definition's, which the API made of this very body. */
export type Changes = Record<string, unknown>

export const happenings = words('declaration', 'Happening')

const at = (id: string) => ({ path: { declaration_id: id } })

export function readDefinition(signal: AbortSignal): Promise<Definition> {
  return answered(api.GET('/api/declaration/declarations/form-definition', { signal }))
}

export function readDeclaration(id: string, signal?: AbortSignal): Promise<Declaration> {
  return answered(api.GET('/api/declaration/declarations/{declaration_id}', { params: at(id), ...(signal ? { signal } : {}) }))
}

export function readHistory(id: string, signal?: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/declaration/declarations/{declaration_id}/history', { params: at(id), ...(signal ? { signal } : {}) }))
}

export function readClock(signal: AbortSignal): Promise<Clock> {
  return answered(api.GET('/api/declaration/employers/current/due', { signal }))
}

export function tell(what: string, day: string): Promise<Clock> {
  const path = { what: what as Schemas['Happening'] }
  return answered(api.PUT('/api/declaration/employers/current/happenings/{what}', { params: { path }, body: { happened_on: day } }))
}

export function untell(what: Schemas['Happening']): Promise<Clock> {
  return answered(api.DELETE('/api/declaration/employers/current/happenings/{what}', { params: { path: { what } } }))
}

export function prepareForm(id: string): Promise<unknown> {
  return answered(api.POST('/api/declaration/declarations/{declaration_id}/form', { params: at(id) }))
}

export function prepareReceipt(id: string): Promise<unknown> {
  return answered(api.POST('/api/declaration/declarations/{declaration_id}/receipt', { params: at(id) }))
}

export function check(id: string, given: Changes, signal?: AbortSignal): Promise<Checked> {
  const body = given as Record<string, never>
  return answered(api.POST('/api/declaration/declarations/{declaration_id}/check', { params: at(id), body, ...(signal ? { signal } : {}) }))
}

export function checkNew(given: Sent, signal: AbortSignal): Promise<Checked> {
  return answered(api.POST('/api/declaration/declarations/check', { body: given as Record<string, never>, signal }))
}

export function create(given: Changes): Promise<Declaration> {
  const body = given as unknown as Schemas['DeclarationCreate']
  return answered(api.POST('/api/declaration/declarations', { body, headers: once() }))
}

export function change(record: Declaration, changes: Changes): Promise<Declaration> {
  const body = changes as unknown as Schemas['DeclarationUpdate']
  return answered(api.PATCH('/api/declaration/declarations/{declaration_id}', { params: at(record.id), body, headers: since(record) }))
}

export function remove(id: string): Promise<unknown> {
  return answered(api.DELETE('/api/declaration/declarations/{declaration_id}', { params: at(id) }))
}

export function keepFiles(record: Declaration, kind: string, ids: (present: string[]) => string[]): Promise<void> {
  return onTheLatest(
    record,
    () => readDeclaration(record.id),
    (latest) => {
      const params = { path: { declaration_id: latest.id, kind: kind as Schemas['FileKind'] } }
      const body = { attachment_ids: idsAfter(latest, kind, ids) }
      return answered(api.PUT('/api/declaration/declarations/{declaration_id}/attachments/{kind}', { params, body, headers: since(latest) }))
    },
  )
}

/** The catalogue in force, whole: the browser keeps it. */
export async function readCatalogue(signal: AbortSignal): Promise<FactorEntry[]> {
  return (await answered(api.GET('/api/declaration/hazard-factors', { signal }))).factors
}

export function findFactors(q: string, class_code: Schemas['HazardClass'], signal: AbortSignal): Promise<Schemas['CatalogueRead']> {
  return answered(api.GET('/api/declaration/hazard-factors', { params: { query: { q, class_code, limit: 30 } }, signal }))
}

export function readIndustries(parent: string): Promise<Schemas['IndustryRead'][]> {
  return answered(api.GET('/api/declaration/industries', { params: { query: { parent } } }))
}

/** What differs from the last approved declaration of this employer. */
export function readDifferences(id: string, signal: AbortSignal): Promise<Schemas['ComparedToLast']> {
  return answered(api.GET('/api/declaration/declarations/{declaration_id}/differences', { params: at(id), signal }))
}
