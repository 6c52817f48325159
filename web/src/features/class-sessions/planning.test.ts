import { describe, expect, test } from 'vitest'

import { blank, bodyOf, changesOf, share, typedOf, type Session } from '@/features/class-sessions/planning'

const SPECIALTIES = [
  { code: 'dust', label: '尘肺' },
  { code: 'noise', label: '噪声' },
]
const ROW = {
  session_no: 2,
  training_kind: 'initial',
  capacity: 40,
  location: '南京',
  start_date: '2027-03-01',
  end_date: '2027-03-05',
  days: 5,
  selection_deadline: '2027-02-20',
  specialties: [{ specialty_code: 'dust', places: null, taken: 0 }],
} as unknown as Session

describe('a class session as it is typed', () => {
  test('what the session does not have is not sent, and a blank limit is none', () => {
    expect(bodyOf(typedOf(ROW), SPECIALTIES).specialties).toEqual([{ specialty_code: 'dust', places: null }])
  })
  test('nothing is changed until somebody types', () => {
    expect(changesOf(typedOf(ROW), ROW, SPECIALTIES)).toEqual({})
  })
  test('the days follow the dates', () => {
    expect(changesOf({ ...typedOf(ROW), end_date: '2027-03-03' }, ROW, SPECIALTIES)).toEqual({ end_date: '2027-03-03', days: 3 })
  })
  test('days that somebody typed stay', () => {
    expect(changesOf({ ...typedOf(ROW), end_date: '2027-03-12', days: '8' }, ROW, SPECIALTIES)).toEqual({ end_date: '2027-03-12', days: 8 })
  })
  test('what is no number goes out as it is, for the API to say so', () => {
    expect(bodyOf({ ...blank(SPECIALTIES, ''), capacity: '四十' }, SPECIALTIES).capacity).toBe('四十')
  })
})

test('a bar is never longer than full, and empty where nobody asks', () => {
  expect([share(3, 4), share(9, 4), share(1, 0)]).toEqual([75, 100, 0])
})
