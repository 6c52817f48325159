import { describe, expect, it } from 'vitest'

import { asPrefix, dueWords, KEYS, type Row } from '@/features/declaration-reviews/desk'

describe('the queue of declarations', () => {
  it('narrows to a city or a county by the digits that stand for it', () => {
    const regions = ['320000', '320100', '320102'].map((value) => ({ value, label: value }))
    expect(asPrefix(regions).map((each) => each.value)).toEqual(['32', '3201', '320102'])
  })

  it('says the last day and what is left of it', () => {
    expect(dueWords({ due_on: '2026-12-04', days_left: 3 } as Row)).toBe('2026-12-04，还有 3 天')
    expect(dueWords({ due_on: '2026-12-04', days_left: -2 } as Row)).toBe('2026-12-04，已超过 2 天')
    expect(dueWords({ due_on: null, days_left: null } as Row)).toBe('')
  })

  it('hands all its filters to the record, so that the next one is the next of the queue', () => {
    expect(KEYS).toContain('withdrawal_requested')
    expect(KEYS).toContain('region_code')
  })
})
