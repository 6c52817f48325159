import { expect, test } from 'vitest'

import { summary, type Progress } from '@/features/class-sessions/progress'

const PLAN = { units: 12, units_left: 11, people: 60, people_left: 46, open: true, opens_at: null, next_deadline: '2027-03-05', days_left: 2 }
const of = (more: object) => summary({ ...PLAN, ...more } as unknown as Progress)

test('the one line says who, how many and until when', () => {
  expect(of({})).toBe('还有 11 家单位 46 人没有选班，2 天后（2027-03-05）截止')
  expect(of({ days_left: 0 })).toContain('今天截止')
  expect(of({ people_left: 0 })).toContain('12 家单位的 60 人都已选班')
  expect(of({ open: false })).toContain('尚未开放')
  expect(of({ days_left: null })).toContain('已全部截止')
})
