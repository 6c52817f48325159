import { expect, test } from 'vitest'

import { changedRows, until, withLive, type Card, type Row } from '@/features/selections/selection'

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

test('the list says until when', () => {
  const row = (days: number | null) => ({ next_deadline: days === null ? null : '2027-03-05', days_left: days }) as unknown as Row
  expect([3, 0, null].map((days) => until(row(days)))).toEqual(['2027-03-05，还有 3 天', '今天截止', '已截止'])
})
