import { expect, test } from 'vitest'

import { addressOf } from '@/api/address'

test('what stands in a path cannot leave it', () => {
  const place = addressOf('/api/auth/cases/{case_id}/attachments/{attachment_id}', { case_id: '../x', attachment_id: '1' })
  expect(place).toBe('/api/auth/cases/..%2Fx/attachments/1')
})
