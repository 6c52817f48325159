import { expect, test } from 'vitest'

import { endOf } from '@/shell/sessionEnd'

const TOLD = { seconds_left: 12 * 3600, idle_seconds: 2 * 3600 }
const hours = (number: number) => number * 3_600_000

test('two hours after the last request it ends, and one may stay', () => {
  expect(endOf(TOLD, 0, hours(3), hours(1.5))).toEqual({ secondsLeft: 1800, canStay: true })
})

test('after twelve hours it ends whatever is done', () => {
  expect(endOf(TOLD, 0, hours(11.95), hours(11.9))).toEqual({ secondsLeft: 180, canStay: false })
})
