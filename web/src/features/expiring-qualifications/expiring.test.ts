import { expect, test } from 'vitest'

import { left, plansOf, type Row } from '@/features/expiring-qualifications/expiring'

const row = (plan_id: string | null, state = 'open') => ({ renewal: { state, plan_id, plan_name: plan_id, registration_deadline: '2027-03-01' } }) as unknown as Row

test('the plan that fits most of those who are ticked comes first, and only plans that still take people', () => {
  const found = plansOf([row('a'), row('b'), row('b'), row('c', 'registered'), row(null, 'none')])
  expect(found.map((each) => [each.id, each.people])).toEqual([
    ['b', 2],
    ['a', 1],
  ])
})

test('a row says how long it is', () => {
  expect([-2, 0, 5].map((days_left) => left({ days_left } as Row))).toEqual(['已过期 2 天', '今天到期', '还有 5 天'])
})
