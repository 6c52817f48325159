/** Score sheets as the API has them: the list, one sheet, what is entered, corrected and published (STAFF-08, STAFF-09). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import type { Filter, FilterValues } from '@/kit/filters'
import type { Cells, Changes, SheetColumn } from '@/kit/sheet'

type Item = Schemas['SheetListItem']
export type Sheet = Schemas['SheetRead']
export type Row = Schemas['ResultRow']
type Entry = Schemas['ResultEntry']
export const statuses = words('training', 'ScoreSheetStatus')
const CHANGED = 412

export const COLUMNS: readonly Column<Item>[] = [
  { key: 'plan', label: '班次' },
  { key: 'type', label: '培训班类型', value: (row) => row.type_label },
  { key: 'start', label: '培训开始日期', value: (row) => row.start_date, unbroken: true },
  { key: 'end', label: '培训结束日期', value: (row) => row.end_date, unbroken: true },
  { key: 'entered', label: '已录入', value: (row) => `${row.entered}/${row.total}`, number: true },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'published', label: '发布时间', value: (row) => (row.published_at ? beijingTime(row.published_at) : '—') },
]

export function filters(): Filter[] {
  return [{ kind: 'choices', key: 'status', label: '状态', options: statuses.options() }]
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Item>> {
  const query = { status: [...(values['status'] ?? [])] as Schemas['ScoreSheetStatus'][], cursor: cursor || null }
  return answered(api.GET('/api/training/score-sheets', { params: { query }, signal }))
}

const SCORE = 'score'
const CONCLUSION = 'conclusion'
export const GRID: readonly SheetColumn<Row>[] = [
  { key: 'name', label: '姓名', value: (row) => (row.masked_id ? `${row.name} ${row.masked_id}` : row.name), share: 2 },
  { key: 'unit', label: '单位', value: (row) => row.unit_name, share: 4 },
  { key: 'specialty', label: '专业类别', value: (row) => row.specialty_label, share: 4 },
  { key: SCORE, label: '成绩', value: scoreOf, editable: true, number: true, share: 1.4 },
  { key: CONCLUSION, label: '结论', value: (row) => row.conclusion, editable: true, share: 1.6 },
]

function scoreOf(row: Row): string {
  return row.score === null ? '' : String(row.score)
}

const at = (id: string) => ({ path: { sheet_id: id } })

export function readSheet(id: string, signal?: AbortSignal): Promise<Sheet> {
  return answered(api.GET('/api/training/score-sheets/{sheet_id}', { params: at(id), ...(signal ? { signal } : {}) }))
}

export function readPublication(id: string, signal: AbortSignal): Promise<Schemas['PublicationRead']> {
  return answered(api.GET('/api/training/score-sheets/{sheet_id}/publication', { params: at(id), signal }))
}

/** Rows that came back take the place of those that are shown. */
export function withRows(sheet: Sheet, news: Schemas['EnteredRead']): Sheet {
  const fresh = new Map(news.results.map((row) => [row.result_id, row]))
  const results = sheet.results.map((row) => fresh.get(row.result_id) ?? row)
  return { ...sheet, results, version: news.version, allowed_actions: news.allowed_actions, row_actions: news.row_actions }
}

/** A score decides by itself; a conclusion goes with it only where somebody typed one. What is no number is told by the API. */
export function entryOf(row: Row, cells: Cells): Entry {
  const score = (cells[SCORE] ?? scoreOf(row)) || null
  return { result_id: row.result_id, score, conclusion: cells[CONCLUSION] || null }
}

/** What is wrong with the rows that were sent, by their ids. */
export function wrongRows(problem: Problem, sent: readonly Entry[]): Map<string, Record<string, string>> {
  const wrong = new Map<string, Record<string, string>>()
  for (const { field, message } of problem.errors) {
    const [place, name] = field.split('.')
    const id = sent[Number(place)]?.result_id
    if (!id || !/^\d+$/.test(place ?? '')) continue
    const key = name === SCORE ? SCORE : CONCLUSION
    wrong.set(id, { ...wrong.get(id), [key]: message })
  }
  return wrong
}

/** Sends what was typed; rows that are refused stay out of the way of the others. `take` shows what came back. */
export async function enter(current: () => Sheet, changes: Changes, take: (sheet: Sheet) => void): Promise<Changes> {
  const rows = new Map(current().results.map((row) => [row.result_id, row]))
  let left = [...changes].flatMap(([id, cells]) => (rows.has(id) ? [entryOf(rows.get(id)!, cells)] : []))
  const wrong = new Map<string, Record<string, string>>()
  while (left.length) {
    try {
      const sheet = current()
      const call = api.PATCH('/api/training/score-sheets/{sheet_id}/results', { params: at(sheet.id), body: left, headers: since(sheet) })
      take(withRows(sheet, await answered(call)))
      return wrong
    } catch (thrown) {
      const problem = asProblem(thrown)
      const found = wrongRows(problem, left)
      if (!found.size) throw problem
      for (const [id, told] of found) wrong.set(id, told)
      left = left.filter((each) => !found.has(each.result_id))
      // Whoever types once more has seen what the others wrote.
      if (problem.status === CHANGED) take(await readSheet(current().id))
    }
  }
  return wrong
}

/** 合格 187，不合格 11，2 行无法识别. */
export function summaryOf(rows: readonly Row[], ids: readonly string[], wrong: number): string {
  const wanted = new Set(ids)
  const counts = new Map<string, number>()
  for (const row of rows) if (wanted.has(row.result_id) && row.conclusion) counts.set(row.conclusion, (counts.get(row.conclusion) ?? 0) + 1)
  const told = [...counts].map(([label, count]) => `${label} ${count}`)
  return [...told, ...(wrong ? [`${wrong} 行没有保存，原因见该行`] : [])].join('，')
}

export interface Correcting {
  score: string
  conclusion: string
}

const markOf = ({ score, conclusion }: Correcting) => ({ score: score.trim() || null, conclusion: conclusion.trim() || null })

export function previewCorrection(sheetId: string, row: Row, typed: Correcting, signal: AbortSignal): Promise<Schemas['CorrectionRead']> {
  const params = { path: { sheet_id: sheetId, result_id: row.result_id } }
  return answered(api.POST('/api/training/score-sheets/{sheet_id}/results/{result_id}/correction', { params, body: markOf(typed), signal }))
}

export function correct(sheet: Sheet, row: Row, typed: Correcting, reason: string): Promise<Sheet> {
  const params = { path: { sheet_id: sheet.id, result_id: row.result_id } }
  const body = { ...markOf(typed), reason }
  return answered(api.POST('/api/training/score-sheets/{sheet_id}/results/{result_id}/correct', { params, body, headers: { ...since(sheet), ...once() } }))
}

export function template(id: string): Promise<unknown> {
  return answered(api.GET('/api/training/score-sheets/{sheet_id}/template', { params: at(id), parseAs: 'blob' }))
}

export function upload(id: string, file: File, mode: Schemas['ImportMode']): Promise<Schemas['ScoreImportReport']> {
  const form = new FormData()
  form.set('file', file)
  // The body is multipart: the types speak of its parts, the browser sends the form.
  const given = { body: form as unknown as Schemas['Body_import_scores'], bodySerializer: () => form }
  return answered(api.POST('/api/training/score-sheets/{sheet_id}/import', { params: { ...at(id), query: { mode } }, ...given, headers: once() }))
}

export async function preparePdf(id: string): Promise<void> {
  await answered(api.POST('/api/training/score-sheets/{sheet_id}/print', { params: at(id) }))
}
