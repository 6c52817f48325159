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

/** `locks` are there in a secure page only; without them each window would hold a connection of the few that a browser has. */
function canFollow(): boolean {
  return 'EventSource' in globalThis && 'BroadcastChannel' in globalThis && 'locks' in navigator
}

/** `tell` is called with the number of unread messages whenever one comes. */
export function useLiveInbox(tell: (unread: number) => void): void {
  if (!canFollow()) return
  const windows = new BroadcastChannel(NAME)
  const over = new AbortController()
  let stream: EventSource | undefined
  let later: ReturnType<typeof setTimeout> | undefined

  function take(told: Told): void {
    arrivals.value += told.messages.length
    tell(told.unread)
  }
  function close(): void {
    stream?.close()
    live.value = false
  }
  function open(): void {
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
  navigator.locks
    .request(NAME, { signal: over.signal }, () => {
      open()
      return new Promise<void>((end) => over.signal.addEventListener('abort', () => end()))
    })
    .catch(() => undefined)
  onScopeDispose(() => {
    over.abort()
    clearTimeout(later)
    close()
    windows.close()
  })
}
