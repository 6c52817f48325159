import { expect, test } from 'vitest'

import { changedRows, countdown, until, withLive, type Card, type Row } from '@/features/selections/selection'

const live = (remaining: number) => ({
  class_sessions: [{ class_session_id: 'c1', remaining, rows: [{ specialty_code: 'dust', taken: 10 - remaining, remaining }] }],
})
const CARD = { class_session_id: 'c1', remaining: 9, rows: [{ specialty_code: 'dust', taken: 1, remaining: 9, own: 1 }] } as unknown as Card

test('the cards show the numbers as they are now, and keep what is the unit’s own', () => {
  const [card] = withLive([CARD], live(4))
  expect([card?.remaining, card?.rows[0]?.taken, card?.rows[0]?.own]).toEqual([4, 6, 1])
  expect(withLive([CARD], null)).toEqual([CARD])
})

test('what has changed is told, the first look is no change', () => {
  expect([...changedRows(live(4), live(3))]).toEqual(['c1 dust'])
  expect(changedRows(live(4), live(4)).size).toBe(0)
  expect(changedRows(null, live(4)).size).toBe(0)
})

test('the time left is said in days, then to the second, and not at all when it is over', () => {
  const now = Date.parse('2027-03-01T00:00:00Z')
  expect(countdown('2027-03-04T05:10:00Z', now)).toBe('3 天 5 小时')
  expect(countdown('2027-03-01T05:03:09Z', now)).toBe('5:03:09')
  expect(countdown('2027-02-28T00:00:00Z', now)).toBe('')
})

test('the list says until when', () => {
  const row = (days: number | null) => ({ next_deadline: days === null ? null : '2027-03-05', days_left: days }) as unknown as Row
  expect([3, 0, null].map((days) => until(row(days)))).toEqual(['2027-03-05，还有 3 天', '今天截止', '已截止'])
})
