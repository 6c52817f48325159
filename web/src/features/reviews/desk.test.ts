import { expect, test } from 'vitest'

import { inClear, type Review } from '@/features/reviews/desk'

test('the numbers of whoever has it on the desk stand in the form, in its facts and in the file, and nothing else changes', () => {
  const review = {
    registration: { resident_id: '3201**', recipient_phone: '139**', name: '张三', facts: [{ name: 'resident_id', label: '身份证号', value: '3201**' }, { name: 'sex', label: '性别', value: '男' }] },
    staff: { resident_id: '3201**', mobile: '139**', landline: null, post: '医师' },
    flags: [],
  } as unknown as Review
  const shown = inClear(review, { resident_id: '320102198001010011', mobile: '13900000000', landline: '025-83759999', recipient_phone: '13911111111', colleagues: [] })
  expect(shown.registration).toMatchObject({ resident_id: '320102198001010011', recipient_phone: '13911111111', name: '张三' })
  expect(shown.registration.facts.map((each) => each.value)).toEqual(['320102198001010011', '男'])
  expect(shown.staff).toMatchObject({ resident_id: '320102198001010011', mobile: '13900000000', landline: '025-83759999', post: '医师' })
})
