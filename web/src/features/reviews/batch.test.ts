import { describe, expect, test } from 'vitest'

import { merged, refusedBy, type Job, type Result } from '@/features/reviews/batch'

const result = (id: string, done: boolean): Result => ({ registration_id: id, name: id, done, errors: [], status_label: null })

describe('one decision for many', () => {
  test('the second try stands in the first one’s place, in the same order', () => {
    const after = merged([result('a', true), result('b', false), result('c', false)], [result('c', true), result('b', false)])
    expect(after.map((each) => [each.registration_id, each.done])).toEqual([['a', true], ['b', false], ['c', true]])
  })
  test('a job names those whom it refused, or nobody', () => {
    expect(refusedBy({ result: { refused: [{ name: '张三', reason: '已退回' }] } } as unknown as Job)).toEqual([{ name: '张三', reason: '已退回' }])
    expect(refusedBy({ result: null } as unknown as Job)).toEqual([])
  })
})
