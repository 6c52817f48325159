/** The patterns of certificate numbers and the templates of documents, as the API has them (STAFF-10). */
import { addressOf } from '@/api/address'
import { answered, api, once, since, type Schemas } from '@/api/client'
import type { Column } from '@/kit/columns'

export type Pattern = Schemas['NumberPatternRead']
export type Preview = Schemas['NumberPreview']
export type Template = Schemas['TemplateRead']
export interface Typed {
  plan_type: string
  label: string
  prefix: string
  digits: string
  template: string
}

export const COLUMNS: readonly Column<Pattern>[] = [
  { key: 'type', label: '培训班类型' },
  { key: 'label', label: '证书上的名称', value: (row) => row.label },
  { key: 'prefix', label: '编号前缀', value: (row) => row.prefix },
  { key: 'digits', label: '序号位数', value: (row) => String(row.digits), number: true },
  { key: 'example', label: '下一个编号（示例）', value: (row) => row.example, unbroken: true },
  { key: 'shares', label: '共用序列', value: (row) => row.shares_with.join('、') || '—' },
  { key: 'operations', label: '操作' },
]

/** As the API takes a number that was typed: what is none, it judges. */
function digitsOf(typed: string): number {
  return (/^\d+$/.test(typed.trim()) ? Number(typed) : typed) as number
}

export async function readAll(signal: AbortSignal) {
  const [patterns, templates, types] = await Promise.all([
    answered(api.GET('/api/certificates/number-patterns', { signal })),
    answered(api.GET('/api/certificates/templates', { signal })),
    answered(api.GET('/api/training/plan-types', { signal })),
  ])
  return { patterns, templates, types }
}

export function preview(planType: string, typed: Typed, signal: AbortSignal): Promise<Preview> {
  const body = { plan_type: planType, prefix: typed.prefix, digits: digitsOf(typed.digits) }
  return answered(api.POST('/api/certificates/number-patterns/preview', { body, signal }))
}

export function create(typed: Typed): Promise<Pattern> {
  const body = { ...typed, digits: digitsOf(typed.digits) }
  return answered(api.POST('/api/certificates/number-patterns', { body, headers: once() }))
}

export function change(changes: Partial<Typed>, pattern: Pattern): Promise<Pattern> {
  const { label, prefix, digits, template } = changes
  const body = { label: label ?? null, prefix: prefix ?? null, digits: digits === undefined ? null : digitsOf(digits), template: template ?? null }
  const params = { path: { plan_type: pattern.plan_type } }
  return answered(api.PATCH('/api/certificates/number-patterns/{plan_type}', { params, body, headers: since(pattern) }))
}

export async function remove(pattern: Pattern): Promise<void> {
  const params = { path: { plan_type: pattern.plan_type } }
  await answered(api.DELETE('/api/certificates/number-patterns/{plan_type}', { params, headers: since(pattern) }))
}

export function readPattern(planType: string): Promise<Pattern> {
  return answered(api.GET('/api/certificates/number-patterns/{plan_type}', { params: { path: { plan_type: planType } } }))
}

export function readHistory(planType: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/certificates/number-patterns/{plan_type}/history', { params: { path: { plan_type: planType } }, signal }))
}

export function readTemplates(signal: AbortSignal): Promise<Template[]> {
  return answered(api.GET('/api/certificates/templates', { signal }))
}

export function sampleOf(kind: string, version: string): string {
  return addressOf('/api/certificates/templates/{kind}/{version}/preview', { kind, version })
}
