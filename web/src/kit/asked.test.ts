import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { blankAnswers, drawn, sentAnswers } from '@/kit/asked'

const field = (name: string, kind: string, more: Partial<Schemas['ActionField']> = {}): Schemas['ActionField'] => ({
  name,
  label: name,
  kind,
  required: false,
  choices: [],
  suggested: [],
  ...more,
})
const action = (...fields: Schemas['ActionField'][]): Schemas['AllowedAction'] => ({
  action: 'x',
  label: 'x',
  allowed: true,
  reason: null,
  code: null,
  needs_reason: false,
  fields,
})

test('what the page gives, and what only it can show, is not asked for twice', () => {
  const one = field('kind', 'one', { choices: [{ value: 'a', label: '甲' }] })
  const shown = drawn(action(field('plan_id', 'text'), field('fields', 'several'), one, field('until', 'date')), { plan_id: '1' })
  expect(shown.map((each) => each.name)).toEqual(['kind', 'until'])
})

test('answers go as the API takes them, blank ones as nothing', () => {
  const fields = [field('until', 'date'), field('seats', 'number'), field('with_below', 'yes_no'), field('at', 'moment'), field('phone', 'text')]
  expect(blankAnswers(fields)).toEqual({ until: '', seats: '', with_below: false, at: '', phone: '' })
  const answers = { until: '2027-01-01', seats: ' 12 ', with_below: true, at: '2027-01-01T09:30', phone: '  ' }
  expect(sentAnswers(fields, answers)).toEqual({ until: '2027-01-01', seats: 12, with_below: true, at: '2027-01-01T09:30:00+08:00', phone: null })
})
