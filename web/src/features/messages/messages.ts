/** The inbox by lines, as the API folds it (NOTE-03, BEY-03). */
import { computed, ref } from 'vue'

import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { arrived } from '@/shell/live'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Line = Schemas['MessageLine']
type Message = Schemas['MessageRead']
const kinds = words('notifications', 'MessageKind')
const YES = 'true'

export const COLUMNS: readonly Column<Line>[] = [
  { key: 'title', label: '消息' },
  { key: 'kind', label: '类型', value: (row) => row.kind_label, unbroken: true },
  { key: 'at', label: '时间', value: (row) => beijingTime(row.created_at), unbroken: true },
  { key: 'actions', label: '操作' },
]

export function filters(): Filter[] {
  return [
    { kind: 'choice', key: 'kind', label: '类型', options: kinds.options() },
    {
      kind: 'choice',
      key: 'unread',
      label: '是否已读',
      options: [
        { value: YES, label: '未读' },
        { value: 'false', label: '已读' },
      ],
    },
  ]
}

function queryOf(values: FilterValues) {
  const unread = single(values, 'unread')
  return { unread: unread ? unread === YES : null, kind: [...(values['kind'] ?? [])] as Schemas['MessageKind'][] }
}

/** Every message is a row of its own there. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/notifications/exports/messages.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function askLines(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Line>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/notifications/messages/lines', { params: { query }, signal }))
}

/** Nothing moves under whoever reads: what has come since is shown when asked for. */
export function useFresh(reload: () => Promise<void> | undefined) {
  const shown = ref(arrived.value)
  async function show(): Promise<void> {
    shown.value = arrived.value
    await reload()
  }
  return { fresh: computed(() => arrived.value - shown.value), show }
}

const at = (id: string) => ({ path: { message_id: id } })

export function messagesOf(line: Line, signal: AbortSignal): Promise<Message[]> {
  return answered(api.GET('/api/notifications/messages/{message_id}/line', { params: at(line.id), signal }))
}

export function readLine(line: Line): Promise<unknown> {
  return answered(api.POST('/api/notifications/messages/{message_id}/read-line', { params: at(line.id), headers: once() }))
}

export function readAll(): Promise<unknown> {
  return answered(api.POST('/api/notifications/messages/read-all', { headers: once() }))
}
