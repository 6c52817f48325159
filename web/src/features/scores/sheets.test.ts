import { describe, expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { Problem } from '@/api/problem'
import { entryOf, summaryOf, withRows, wrongRows, type Row, type Sheet } from '@/features/scores/sheets'

const row = (id: string, more: Partial<Row> = {}) => ({ result_id: id, score: null, conclusion: '', ...more }) as Row

describe('what is entered', () => {
  test('a score goes by itself, a conclusion with the score that stands there', () => {
    expect(entryOf(row('a', { score: 80, conclusion: '合格' }), { score: '59' })).toEqual({ result_id: 'a', score: '59', conclusion: null })
    expect(entryOf(row('a', { score: 80 }), { conclusion: '不合格' })).toEqual({ result_id: 'a', score: '80', conclusion: '不合格' })
    expect(entryOf(row('a', { score: 80 }), { score: '' })).toEqual({ result_id: 'a', score: null, conclusion: null })
  })
  test('what is wrong stands with its row, and what is about the whole request with none', () => {
    const problem = new Problem(422, 'invalid', '', [
      { field: '1.score', code: 'x', message: '应为数字' },
      { field: '0.passed', code: 'y', message: '与成绩不符' },
      { field: 'score', code: 'z', message: '' },
    ])
    const wrong = wrongRows(problem, [entryOf(row('a'), {}), entryOf(row('b'), {})])
    expect([...wrong]).toEqual([
      ['b', { score: '应为数字' }],
      ['a', { conclusion: '与成绩不符' }],
    ])
  })
  test('rows that come back take their places, and a paste is summed up in the API’s words', () => {
    const sheet = { version: 1, results: [row('a'), row('b')], allowed_actions: [] } as unknown as Sheet
    const news = { version: 3, results: [row('b', { score: 70, conclusion: '合格' })], allowed_actions: [] } as unknown as Schemas['EnteredRead']
    const after = withRows(sheet, news)
    expect([after.version, after.results[0], after.results[1]?.score]).toEqual([3, sheet.results[0], 70])
    expect(summaryOf(after.results, ['a', 'b'], 1)).toBe('合格 1，1 行没有保存，原因见该行')
  })
})
