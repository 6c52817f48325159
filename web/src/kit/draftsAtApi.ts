/** What is typed for a record that does not exist yet lies with the API, encrypted, for thirty days (BEY-08): it outlives a reload, a browser
 * that crashes and a change of computers. Another window with the same form is told, and overwrites nothing. */
import { onScopeDispose, ref, type Ref } from 'vue'

import { answered, api, since } from '@/api/client'
import { asProblem } from '@/api/problem'
import { beijingClock } from '@/kit/beijing'

const PAUSE = 1500
type Typed = Readonly<Record<string, unknown>>

export interface DraftAtApi {
  /** When it was kept last, as people read it. */
  savedAt: Ref<string>
  /** Why it is not kept any more, in the API's words. */
  trouble: Ref<string>
  /** What was typed before; null for nothing. Nothing is lost where it does not come: one begins anew. */
  load: () => Promise<Typed | null>
  keep: (values: Typed) => void
  /** The record was made, or what was typed is given up. */
  drop: () => Promise<void>
}

/** `form` is its name, as `personnel.new`. */
export function useDraftAtApi(form: string): DraftAtApi {
  const savedAt = ref('')
  const trouble = ref('')
  const params = { path: { form } }
  let version = 0
  let waiting: Typed | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> = Promise.resolve()

  async function send(): Promise<void> {
    clearTimeout(timer)
    const values = waiting
    waiting = null
    if (!values) return
    try {
      const body = values as Record<string, unknown>
      const kept = await answered(api.PUT('/api/auth/me/drafts/{form}', { params, body, headers: since({ version }) }))
      version = kept.version
      savedAt.value = beijingClock()
      trouble.value = ''
    } catch (thrown) {
      const { status, message } = asProblem(thrown)
      // Without a network, or with an end of the session, what was typed waits in this tab's memory; it is sent with the next word.
      if (status === 412 || status === 413) trouble.value = message
    }
  }

  function sendInTurn(): Promise<void> {
    running = running.then(send)
    return running
  }

  async function load(): Promise<Typed | null> {
    try {
      const kept = await answered(api.GET('/api/auth/me/drafts/{form}', { params }))
      version = kept.version
      return kept.values ?? null
    } catch {
      return null
    }
  }

  function keep(values: Typed): void {
    if (trouble.value) return
    waiting = JSON.parse(JSON.stringify(values)) as Typed
    clearTimeout(timer)
    timer = setTimeout(() => void sendInTurn(), PAUSE)
  }

  async function drop(): Promise<void> {
    clearTimeout(timer)
    waiting = null
    await running
    savedAt.value = ''
    if (!version || trouble.value) return
    version = 0
    // One that stays behind goes by itself, and says when it is found that it may be given up.
    await answered(api.DELETE('/api/auth/me/drafts/{form}', { params })).catch(() => undefined)
  }

  // A page can end in the middle of a word.
  onScopeDispose(() => void sendInTurn())
  return { savedAt, trouble, load, keep, drop }
}
