/** What one gets, by kind and channel, and when (BEY-03): what cannot be chosen, and why, comes from the API. */
import { answered, api, type Schemas } from '@/api/client'
import type { Column } from '@/kit/columns'

export type Preference = Schemas['PreferenceRead']
export type Timing = Schemas['NoticeSettingsRead']
export interface KindRow {
  kind: string
  label: string
  on: ReadonlyMap<string, Preference>
}
export const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: hour, label: `${hour}:00` }))

/** One row for each kind, in the API's order. */
export function byKind(preferences: readonly Preference[]): KindRow[] {
  const kinds = new Map<string, Preference[]>()
  for (const each of preferences) kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), each])
  return [...kinds].map(([kind, rows]) => ({ kind, label: rows[0]!.kind_label, on: new Map(rows.map((each) => [each.channel, each])) }))
}

export function columnsOf(preferences: readonly Preference[]): Column<KindRow>[] {
  const channels = new Map(preferences.map((each) => [each.channel, each.channel_label]))
  return [{ key: 'kind', label: '消息', value: (row) => row.label }, ...[...channels].map(([key, label]) => ({ key, label }))]
}

export function readPreferences(signal: AbortSignal): Promise<Preference[]> {
  return answered(api.GET('/api/notifications/preferences', { signal }))
}

/** `null` is what holds without a choice. */
export function choose(preference: Preference, wanted: boolean | null): Promise<Preference[]> {
  const { kind, channel } = preference
  return answered(api.PUT('/api/notifications/preferences', { body: { kind, channel, wanted } }))
}

export function readTiming(signal: AbortSignal): Promise<Timing> {
  return answered(api.GET('/api/notifications/notice-settings', { signal }))
}

export function confirmMailbox(): Promise<Timing> {
  return answered(api.POST('/api/notifications/notice-settings/mailbox'))
}

export function changeTiming(body: Schemas['NoticeSettingsChange']): Promise<Timing> {
  return answered(api.PUT('/api/notifications/notice-settings', { body }))
}
