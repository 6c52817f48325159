/** The words of each kind of message, by place (BEY-12): what can be filled in, and what is wrong with words, comes from the API. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column } from '@/kit/columns'

type Kind = Schemas['MessageKind']
export type Words = Schemas['WordsRead']
export type Template = Schemas['MessageTemplateRead']
export type TemplateField = Schemas['TemplateField']
export type Provider = Schemas['ProviderTemplateWrite']
export interface Typed {
  title: string
  body: string
  providers: Provider[]
}
export const providerNames = words('notifications', 'SmsProvider')

export const COLUMNS: readonly Column<Schemas['MessageTemplateItem']>[] = [
  { key: 'kind', label: '消息类型' },
  { key: 'title', label: '标题', value: (row) => row.title },
  { key: 'places', label: '在哪里发', value: (row) => row.places_label },
  { key: 'own', label: '修改过', value: (row) => row.own_label || '—' },
  { key: 'changed', label: '最近修改', value: (row) => (row.changed_at ? `${beijingTime(row.changed_at)}，${row.changed_by ?? ''}` : '—') },
]

export const typedOf = (of: Words): Typed => ({
  title: of.title,
  body: of.body,
  providers: of.providers.map(({ provider, code, parameters, longest }) => ({ provider, code, parameters, longest })),
})

/** As it is written in words. */
export const written = (field: TemplateField): string => `{${field.name}}`

export function listTemplates(signal: AbortSignal): Promise<Schemas['MessageTemplateItem'][]> {
  return answered(api.GET('/api/notifications/message-templates', { signal }))
}

export function readTemplate(kind: string, signal?: AbortSignal): Promise<Template> {
  return answered(api.GET('/api/notifications/message-templates/{kind}', { params: { path: { kind: kind as Kind } }, ...(signal ? { signal } : {}) }))
}

export function readHistory(kind: string, signal: AbortSignal): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/notifications/message-templates/{kind}/history', { params: { path: { kind: kind as Kind } }, signal }))
}

const at = (kind: string, of: Words) => ({ params: { path: { kind: kind as Kind, place: of.place } } })

export function preview(kind: string, of: Words, typed: Typed, signal: AbortSignal): Promise<Schemas['WordsPreview']> {
  return answered(api.POST('/api/notifications/message-templates/{kind}/{place}/preview', { ...at(kind, of), body: typed, signal }))
}

export function change(kind: string, of: Words, typed: Typed): Promise<Words> {
  return answered(api.PUT('/api/notifications/message-templates/{kind}/{place}', { ...at(kind, of), body: typed, headers: since(of) }))
}

export function restore(kind: string, of: Words): Promise<Words> {
  return answered(api.POST('/api/notifications/message-templates/{kind}/{place}/restore', { ...at(kind, of), headers: { ...since(of), ...once() } }))
}
