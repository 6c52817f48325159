/** Changing which files a record has of a kind. */
import type { Schemas } from '@/api/client'
import { Problem } from '@/api/problem'

interface Holder {
  attachments: Schemas['AttachmentsOfKind'][]
}

export function idsAfter(record: Holder, kind: string, change: (ids: string[]) => string[]): string[] {
  return change(record.attachments.find((each) => each.kind === kind)?.files.map((file) => file.id) ?? [])
}

/** One file more or less goes with whatever else was changed meanwhile: after 412 it is put to the record as it is by then. */
export async function onTheLatest<T>(record: T, reread: () => Promise<T>, put: (record: T) => Promise<unknown>): Promise<void> {
  try {
    await put(record)
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown
    await put(await reread())
  }
}
