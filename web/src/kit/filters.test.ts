import { expect, test } from 'vitest'

import { activeFilters, type Filter } from '@/kit/filters'

const FILTERS: Filter[] = [
  { kind: 'text', key: 'name', label: '名称', maxlength: 10 },
  { kind: 'choice', key: 'closed', label: '是否截止', options: [{ value: 'true', label: '是' }], untouched: () => '否' },
  { kind: 'date', key: 'from', label: '起', untouched: (values) => (values['closed'] ? '' : '今天') },
]

test('an empty list names what was chosen and what hides rows by default', () => {
  expect(activeFilters(FILTERS, { name: ['诊断'] })).toEqual([
    { key: 'name', label: '名称', text: '含“诊断”', byDefault: false },
    { key: 'closed', label: '是否截止', text: '否', byDefault: true },
    { key: 'from', label: '起', text: '今天', byDefault: true },
  ])
})

test('a default that no longer holds is not named', () => {
  expect(activeFilters(FILTERS, { closed: ['true'] })).toEqual([
    { key: 'closed', label: '是否截止', text: '是', byDefault: false },
  ])
})
