// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

import { unread, useUnread } from '@/shell/unread'

const ask = vi.hoisted(() => vi.fn(() => Promise.resolve({ unread: 3 })))
vi.mock('@/api/client', () => ({ answered: (asked: unknown) => asked, api: { GET: ask } }))
let hidden = false
let scope = effectScope()

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  ask.mockClear()
  hidden = false
  scope = effectScope()
  scope.run(useUnread)
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

test('it is asked for at once and every minute', async () => {
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ask).toHaveBeenCalledTimes(2)
  expect(unread.value).toBe(3)
})

test('not while the page is in the background, and at once when it is back', async () => {
  hidden = true
  await vi.advanceTimersByTimeAsync(120_000)
  expect(ask).toHaveBeenCalledTimes(1)
  hidden = false
  document.dispatchEvent(new Event('visibilitychange'))
  expect(ask).toHaveBeenCalledTimes(2)
})

test('an empty chair keeps no session alive; whoever comes back sees the number at once', async () => {
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  const asked = ask.mock.calls.length
  expect(asked).toBeLessThanOrEqual(5)
  window.dispatchEvent(new Event('pointermove'))
  expect(ask).toHaveBeenCalledTimes(asked + 1)
})

test('left, it asks no more', async () => {
  scope.stop()
  await vi.advanceTimersByTimeAsync(180_000)
  expect(ask).toHaveBeenCalledTimes(1)
})
