/** 培训班类型 as their keeper has them (STAFF-01, TRN-45). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { at as typeAt, place } from '@/features/administration/entries'
import type { Column } from '@/kit/columns'

export type ClassType = Schemas['PlanTypeDetail']
export type Specialty = Schemas['SpecialtyDetail']
type Pattern = Schemas['NumberPatternRead']
export interface TypedType {
  label: string
  position: string
  specialties: string[]
}
type Listed = Schemas['PlanTypeRead']
export type TypeRow = Listed & { pattern: Pattern | undefined }

export const COLUMNS: readonly Column<TypeRow>[] = [
  { key: 'label', label: '培训班类型' },
  { key: 'specialties', label: '专业类别', value: (row) => named(row.specialties) },
  { key: 'pattern', label: '证书编号（下一个示例）', value: (row) => row.pattern?.example ?? '—', unbroken: true },
  { key: 'state', label: '状态', unbroken: true },
]

export function named(specialties: readonly { label: string }[]): string {
  return specialties.map((each) => each.label).join('、') || '——'
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

export function readType(code: string, signal?: AbortSignal): Promise<ClassType> {
  return answered(api.GET('/api/training/plan-types/{code}', { ...typeAt(code), ...(signal ? { signal } : {}) }))
}

export function readTypeHistory(code: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/training/plan-types/{code}/history', { ...typeAt(code), signal }))
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
