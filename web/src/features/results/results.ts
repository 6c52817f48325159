/** Results of a unit's own people, and their certificates, as the API has them (CERT-01…06). */
import { answered, api, once, type Schemas } from '@/api/client'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Row = Schemas['ResultListItem']
export type PersonRow = Schemas['PersonResult']

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'type', label: '培训班类型', value: (row) => row.type_label },
  { key: 'name', label: '培训班名称', value: (row) => row.name },
  { key: 'specialties', label: '专业类别', value: (row) => row.specialties },
  { key: 'number', label: '培训期数', value: (row) => String(row.session_no), number: true },
  { key: 'start', label: '培训开始日期', value: (row) => row.start_date, unbroken: true },
  { key: 'end', label: '培训结束日期', value: (row) => row.end_date, unbroken: true },
  { key: 'operation', label: '操作' },
]
export const PEOPLE: readonly Column<PersonRow & { number: number }>[] = [
  { key: 'number', label: '序号', value: (row) => String(row.number), number: true },
  { key: 'name', label: '姓名', value: (row) => row.name, unbroken: true },
  { key: 'sex', label: '性别', value: (row) => row.sex, unbroken: true },
  { key: 'title', label: '职称', value: (row) => row.title_label },
  { key: 'specialty', label: '专业类别', value: (row) => row.specialty_label },
  { key: 'score', label: '成绩', value: (row) => (row.score === null ? '—' : String(row.score)), number: true },
  { key: 'conclusion', label: '结论', value: (row) => row.conclusion, unbroken: true },
  { key: 'certificate', label: '证书编号' },
]

const FROM = 'start_from'
const TO = 'start_to'
/** Every session, whenever it is: what a task or a message speaks of is among them. */
export const ANY_DAY: FilterValues = { [FROM]: ['2000-01-01'], [TO]: ['2099-12-31'] }

/** The defaults are the API's, told where they hide something (CERT-01, FAQ-M3). */
export function filters(types: Option[], today: string): Filter[] {
  return [
    { kind: 'choice', key: 'type_code', label: '培训班类型', options: types },
    { kind: 'text', key: 'name', label: '培训班名称', maxlength: 100 },
    { kind: 'date', key: FROM, label: '培训开始日期 起', untouched: (values) => `${earlier(today, single(values, TO)).slice(0, 4)}-01-01` },
    { kind: 'date', key: TO, label: '培训开始日期 止', untouched: (values) => ((single(values, FROM) ?? '') > today ? '' : today) },
  ]
}

function earlier(day: string, other: string | undefined): string {
  return other !== undefined && other < day ? other : day
}

function queryOf(values: FilterValues) {
  const or = (key: string) => single(values, key) ?? null
  return { type_code: or('type_code'), name: or('name'), start_from: or(FROM), start_to: or(TO) }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/training/results', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/results.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export function readResults(sessionId: string, signal: AbortSignal): Promise<Schemas['SessionResults']> {
  return answered(api.GET('/api/training/results/{class_session_id}', { params: { path: { class_session_id: sessionId } }, signal }))
}

/** One for each person who has one, however many categories were passed (CERT-06). */
export function certificatesOf(rows: readonly PersonRow[]): string[] {
  return [...new Set(rows.flatMap((row) => (row.certificate_id ? [row.certificate_id] : [])))]
}

/** 序号 counts people, not rows. */
export function numbered(rows: readonly PersonRow[]): (PersonRow & { number: number })[] {
  const people = [...new Set(rows.map((row) => row.registration_id))]
  return rows.map((row) => ({ ...row, number: people.indexOf(row.registration_id) + 1 }))
}

/** All in one file: a ZIP, or one PDF to be printed. The tray in the head finds it again. */
export async function bundle(ids: string[], form: Schemas['BundleForm']): Promise<void> {
  const body = { certificate_ids: ids, form, order: 'number' as const }
  await answered(api.POST('/api/certificates/bundles', { body, headers: once() }))
}

export async function preparePdf(sessionId: string): Promise<void> {
  await answered(api.POST('/api/training/results/{class_session_id}/print', { params: { path: { class_session_id: sessionId } } }))
}
