import { describe, expect, it } from 'vitest'

import { merged, moment } from '@/features/administration/audit'

type Answers = Parameters<typeof merged>[0]
const entry = (at: string) => ({ at }) as Answers[number][1]['items'][number]

describe('操作记录 of several services', () => {
  it('sorts moments with and without a fraction', () => {
    expect(moment('2026-11-29T22:52:05Z') < moment('2026-11-29T22:52:05.1Z')).toBe(true)
  })

  it('shows nothing before which another service may have more, and goes on there', () => {
    const answers: Answers = [
      ['auth', { items: [entry('2026-11-29T10:00:05Z'), entry('2026-11-29T10:00:03Z')], next_cursor: 'more' }],
      ['training', { items: [entry('2026-11-29T10:00:04Z'), entry('2026-11-29T10:00:01Z')], next_cursor: null }],
    ]
    const { rows, until } = merged(answers)
    expect(rows.map((row) => [row.service, row.at.slice(17, 19)])).toEqual([
      ['auth', '05'],
      ['training', '04'],
    ])
    expect(until).toBe('2026-11-29T10:00:03Z')
  })

  it('shows all where nobody has more', () => {
    expect(merged([['auth', { items: [entry('2026-11-29T10:00:05Z')], next_cursor: null }]]).until).toBeNull()
  })
})
