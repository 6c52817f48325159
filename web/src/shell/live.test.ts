// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

import { arrived, isLive, useLiveInbox } from '@/shell/live'

const ask = vi.hoisted(() => vi.fn(() => Promise.resolve({})))
vi.mock('@/api/client', () => ({ answered: (asked: unknown) => asked, api: { GET: ask } }))

class Source extends EventTarget {
  static readonly CLOSED = 2
  static opened: Source[] = []
  readyState = 1
  constructor(readonly address: string) {
    super()
    Source.opened.push(this)
  }
  say(name: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }))
  }
  close(): void {
    this.readyState = Source.CLOSED
  }
}
class Channel extends EventTarget {
  static all: Channel[] = []
  constructor() {
    super()
    Channel.all.push(this)
  }
  postMessage(data: unknown): void {
    for (const each of Channel.all) if (each !== this) each.dispatchEvent(new MessageEvent('message', { data }))
  }
  close(): void {
    Channel.all = Channel.all.filter((each) => each !== this)
  }
}
/** One holder at a time, as browsers have it. */
let held = Promise.resolve()
const locks = { request: (_: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>) => (held = held.then(() => (signal.aborted ? undefined : work()))) }

const tell = vi.fn()
let scope = effectScope()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('BroadcastChannel', Channel)
  Object.defineProperty(navigator, 'locks', { configurable: true, value: locks })
  Source.opened = []
  ask.mockClear()
  tell.mockClear()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function begun(): Promise<Source> {
  scope.run(() => useLiveInbox(tell))
  await vi.advanceTimersByTimeAsync(0)
  const [stream] = Source.opened
  if (!stream) throw new Error('no stream')
  stream.say('open')
  return stream
}

test('what comes is told, here and in another window, by one stream', async () => {
  const stream = await begun()
  const elsewhere = vi.fn()
  scope.run(() => useLiveInbox(elsewhere))
  await vi.advanceTimersByTimeAsync(0)
  const before = arrived.value
  stream.say('inbox', { unread: 4, messages: [{}, {}] })
  expect(tell).toHaveBeenCalledWith(4)
  expect(elsewhere).toHaveBeenCalledWith(4)
  expect(arrived.value).toBeGreaterThanOrEqual(before + 2)
  expect([Source.opened.length, isLive.value]).toEqual([1, true])
})

test('refused, it is nobody’s trouble, and tried again later', async () => {
  const stream = await begun()
  stream.close()
  stream.say('error')
  expect(isLive.value).toBe(false)
  await vi.advanceTimersByTimeAsync(5 * 60_000)
  expect(Source.opened.length).toBe(2)
})

test('the end of the session is asked for once, and what else ends it is not', async () => {
  const stream = await begun()
  stream.say('over', { code: 'too_many_windows' })
  expect(ask).not.toHaveBeenCalled()
  stream.say('over', { code: 'session_ended' })
  expect(ask).toHaveBeenCalledTimes(1)
  expect(stream.readyState).toBe(Source.CLOSED)
})

test('without locks the window that is seen has one', () => {
  Reflect.deleteProperty(navigator, 'locks')
  let hidden = false
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  scope.run(() => useLiveInbox(tell))
  expect(Source.opened.length).toBe(1)
  hidden = true
  document.dispatchEvent(new Event('visibilitychange'))
  expect(Source.opened[0]?.readyState).toBe(Source.CLOSED)
  hidden = false
  document.dispatchEvent(new Event('visibilitychange'))
  expect(Source.opened.length).toBe(2)
})

test('a browser that knows no streams has none', () => {
  vi.stubGlobal('EventSource', undefined)
  Reflect.deleteProperty(globalThis, 'EventSource')
  scope.run(() => useLiveInbox(tell))
  expect(Source.opened).toEqual([])
})
