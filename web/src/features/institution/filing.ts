/** A filing and its form as the API has them; every change says from which version it was made. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { idsAfter, onTheLatest } from '@/kit/attachments'
import type { Definition, Sent } from '@/kit/forms'
import type { Checked } from '@/kit/recordForm'

export type Filing = Schemas['FilingRead']
export type Item = Schemas['FilingListItem']

export function readItems(signal?: AbortSignal): Promise<Item[]> {
  return answered(api.GET('/api/training/filings', signal ? { signal } : {}))
}

export function readDefinition(signal: AbortSignal): Promise<Definition> {
  return answered(api.GET('/api/training/filings/form-definition', { signal }))
}

export function readFiling(id: string): Promise<Filing> {
  return answered(api.GET('/api/training/filings/{filing_id}', { params: { path: { filing_id: id } } }))
}

export function readHistory(id: string): Promise<Schemas['HistoryEntry'][]> {
  return answered(api.GET('/api/training/filings/{filing_id}/history', { params: { path: { filing_id: id } } }))
}

export function check(given: Sent, signal: AbortSignal): Promise<Checked> {
  return answered(api.POST('/api/training/filings/check', { body: given, signal }))
}

// The names are the definition's, which the API made of these very bodies.
export function create(kind: string, given: Sent): Promise<Filing> {
  const body = { kind, ...given } as unknown as Schemas['FilingCreate']
  return answered(api.POST('/api/training/filings', { body, headers: once() }))
}

export function change(filing: Filing, changes: Record<string, unknown>): Promise<Filing> {
  const params = { path: { filing_id: filing.id } }
  const body = changes as unknown as Schemas['FilingUpdate']
  return answered(api.PATCH('/api/training/filings/{filing_id}', { params, body, headers: since(filing) }))
}

export function keepFiles(filing: Filing, kind: string, ids: (present: string[]) => string[]): Promise<void> {
  return onTheLatest(
    filing,
    () => readFiling(filing.id),
    (latest) => {
      const params = { path: { filing_id: latest.id, kind } }
      const body = { attachment_ids: idsAfter(latest, kind, ids) }
      return answered(api.PUT('/api/training/filings/{filing_id}/attachments/{kind}', { params, body, headers: since(latest) }))
    },
  )
}
