/** 培训班类型 and 专业类别 as their keeper has them (STAFF-01, TRN-45). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column } from '@/kit/columns'

export type ClassType = Schemas['PlanTypeDetail']
export type Specialty = Schemas['SpecialtyDetail']
type Pattern = Schemas['NumberPatternRead']
export interface TypedType {
  label: string
  position: string
  specialties: string[]
}
export interface TypedSpecialty {
  label: string
  position: string
}
type Listed = Schemas['PlanTypeRead']
export type TypeRow = Listed & { pattern: Pattern | undefined }
const statuses = words('auth', 'OrganisationStatus')

export const TABS = [
  { key: 'types', label: '培训班类型', reason: null, to: { name: 'class_types' } },
  { key: 'specialties', label: '专业类别', reason: null, to: { name: 'specialties' } },
]
export const COLUMNS: readonly Column<TypeRow>[] = [
  { key: 'label', label: '培训班类型' },
  { key: 'specialties', label: '专业类别', value: (row) => named(row.specialties) },
  { key: 'pattern', label: '证书编号（下一个示例）', value: (row) => row.pattern?.example ?? '—' },
  { key: 'state', label: '状态', unbroken: true },
]
export const SPECIALTY_COLUMNS: readonly Column<Specialty>[] = [
  { key: 'label', label: '专业类别', value: (row) => row.label },
  { key: 'position', label: '排列顺序', value: (row) => String(row.position), number: true },
  { key: 'state', label: '状态', unbroken: true },
  { key: 'operations', label: '操作' },
]

export function named(specialties: readonly { label: string }[]): string {
  return specialties.map((each) => each.label).join('、') || '——'
}

export function stateOf(entry: { active: boolean }): { label: string; colour: string } {
  const code = entry.active ? 'active' : 'disabled'
  return { label: statuses.label(code), colour: statuses.colour(code) }
}

/** The pattern by which certificates of the type are numbered: its own, or the one for all that have none. */
function patternOf(patterns: readonly Pattern[], types: readonly { code: string }[], code: string): Pattern | undefined {
  return patterns.find((each) => each.plan_type === code) ?? patterns.find((each) => !types.some((type) => type.code === each.plan_type))
}

export async function listTypes(signal: AbortSignal): Promise<TypeRow[]> {
  const [types, patterns] = await Promise.all([
    answered(api.GET('/api/training/plan-types', { signal })),
    answered(api.GET('/api/certificates/number-patterns', { signal })),
  ])
  return types.map((type) => ({ ...type, pattern: patternOf(patterns, types, type.code) }))
}

export const listSpecialties = (signal: AbortSignal): Promise<Specialty[]> => answered(api.GET('/api/training/specialties', { signal }))
const typeAt = (code: string) => ({ params: { path: { code } } })

export function readType(code: string, signal?: AbortSignal): Promise<ClassType> {
  return answered(api.GET('/api/training/plan-types/{code}', { ...typeAt(code), ...(signal ? { signal } : {}) }))
}

export function readTypeHistory(code: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/training/plan-types/{code}/history', { ...typeAt(code), signal }))
}

/** As the API takes a number that was typed; what is none, it judges; blank is the place behind all others. */
function place(typed: string | undefined): number | null {
  const text = typed?.trim() ?? ''
  return text ? ((/^\d+$/.test(text) ? Number(text) : text) as number) : null
}

export function createType(typed: TypedType): Promise<ClassType> {
  const body = { label: typed.label, position: place(typed.position), specialties: typed.specialties }
  return answered(api.POST('/api/training/plan-types', { body, headers: once() }))
}

export function changeType(changes: Partial<TypedType>, type: ClassType): Promise<ClassType> {
  const body = { label: changes.label ?? null, position: place(changes.position), specialties: changes.specialties ?? null }
  return answered(api.PATCH('/api/training/plan-types/{code}', { ...typeAt(type.code), body, headers: since(type) }))
}

export async function removeType(type: ClassType): Promise<void> {
  await answered(api.DELETE('/api/training/plan-types/{code}', { ...typeAt(type.code), headers: since(type) }))
}

export function readSpecialty(code: string): Promise<Specialty> {
  return answered(api.GET('/api/training/specialties/{code}', typeAt(code)))
}

export function createSpecialty(typed: TypedSpecialty): Promise<Specialty> {
  return answered(api.POST('/api/training/specialties', { body: { label: typed.label, position: place(typed.position) }, headers: once() }))
}

export function changeSpecialty(changes: Partial<TypedSpecialty>, entry: Specialty): Promise<Specialty> {
  const body = { label: changes.label ?? null, position: place(changes.position) }
  return answered(api.PATCH('/api/training/specialties/{code}', { ...typeAt(entry.code), body, headers: since(entry) }))
}

export async function removeSpecialty(entry: Specialty): Promise<void> {
  await answered(api.DELETE('/api/training/specialties/{code}', { ...typeAt(entry.code), headers: since(entry) }))
}
