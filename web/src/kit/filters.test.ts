import { expect, test } from 'vitest'

import { activeFilters, withoutPresets, withPresets, type Filter } from '@/kit/filters'

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

const QUEUE: Filter[] = [
  { kind: 'text', key: 'name', label: '名称', maxlength: 10 },
  { kind: 'choice', key: 'status', label: '状态', options: [{ value: 'submitted', label: '待审核' }], preset: ['submitted'] },
]

test('a queue begins with what waits, and its address says so only when it is otherwise', () => {
  expect(withPresets(QUEUE, {})).toEqual({ status: ['submitted'] })
  expect(withoutPresets(QUEUE, { status: ['submitted'], name: ['南京'] })).toEqual({ name: ['南京'] })
  expect(withoutPresets(QUEUE, { status: ['approved'] })).toEqual({ status: ['approved'] })
})

test('whoever takes the preset away sees everything, and a link to that says it', () => {
  const said = withoutPresets(QUEUE, {})
  expect(said).toEqual({ status: ['all'] })
  expect(withPresets(QUEUE, said)).toEqual({})
})
