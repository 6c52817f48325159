/** The inbox as it grows (BEY-03): one stream for all windows of a browser, told to the others. Where the browser or the platform has none, nobody
 * is told of it: the number is asked for, as ever. Nothing here keeps a session alive. */
import { onScopeDispose, readonly, ref } from 'vue'

import { answered, api } from '@/api/client'

const STREAM = '/api/notifications/messages/stream'
const NAME = 'inbox'
const ENDED = 'session_ended'
/** After a refusal. A connection that broke comes back by itself. */
const AGAIN = 5 * 60_000
const arrivals = ref(0)
const live = ref(false)
/** How many messages have come while the page was open. */
export const arrived = readonly(arrivals)
/** Whether what comes is told: nobody need ask. */
export const isLive = readonly(live)

interface Over {
  code: string
}
interface Told {
  unread: number
  messages: readonly unknown[]
}

/** A browser has few connections to a host, and every window would hold one: the one that holds the lock has the stream. On a page without https
 * there are no locks; there, whoever is seen has it. */
function takeTurns(open: () => void, close: () => void): () => void {
  if ('locks' in navigator) {
    const over = new AbortController()
    const held = () => new Promise<void>((end) => over.signal.addEventListener('abort', () => end()))
    navigator.locks.request(NAME, { signal: over.signal }, () => (open(), held())).catch(() => undefined)
    return () => over.abort()
  }
  const turn = () => (document.hidden ? close() : open())
  document.addEventListener('visibilitychange', turn)
  turn()
  return () => document.removeEventListener('visibilitychange', turn)
}

/** `tell` is called with the number of unread messages whenever one comes. */
export function useLiveInbox(tell: (unread: number) => void): void {
  if (!('EventSource' in globalThis && 'BroadcastChannel' in globalThis)) return
  const windows = new BroadcastChannel(NAME)
  let stream: EventSource | undefined
  let later: ReturnType<typeof setTimeout> | undefined

  function take(told: Told): void {
    arrivals.value += told.messages.length
    tell(told.unread)
  }
  function close(): void {
    clearTimeout(later)
    stream?.close()
    stream = undefined
    live.value = false
  }
  function open(): void {
    close()
    stream = new EventSource(STREAM)
    stream.addEventListener('open', () => (live.value = true))
    stream.addEventListener('inbox', (said) => {
      const told = JSON.parse(String(said.data)) as Told
      take(told)
      windows.postMessage(told)
    })
    stream.addEventListener('over', (said) => {
      close()
      later = setTimeout(open, AGAIN)
      // Whoever asks is told why, and led to the sign-in.
      if ((JSON.parse(String(said.data)) as Over).code === ENDED) void answered(api.GET('/api/auth/me')).catch(() => undefined)
    })
    stream.addEventListener('error', () => {
      live.value = false
      if (stream?.readyState === EventSource.CLOSED) later = setTimeout(open, AGAIN)
    })
  }
  windows.addEventListener('message', (said: MessageEvent<Told>) => take(said.data))
  const leave = takeTurns(open, close)
  onScopeDispose(() => {
    leave()
    close()
    windows.close()
  })
}
