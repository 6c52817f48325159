/** What 统计 of declarations is asked for, and the units behind a number (STAFF-12). What is counted, and how it is read, comes from the API. */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'

export type Figures = Schemas['DeclarationFigures']
export type FigureRow = Schemas['DeclarationFigureRow']
export type Unit = Schemas['DeclarationFigureUnit']

export const dimensions = words('declaration', 'Dimension')
const classes = words('declaration', 'HazardClass')
const FACTOR = /^[A-Z][0-9]+$/
/** In the address beside the filters: how the rows are told apart, what the bars show, and what only a row leads to. */
export const OWN = ['dimension', 'measure', 'region_code']
const NARROWED = ['declared', 'tested', 'over']
const YES: Option[] = [
  { value: 'true', label: '是' },
  { value: 'false', label: '否' },
]

export interface Choices {
  industries: Option[]
  sizes: Option[]
  factors: Option[]
}

/** What can be chosen; what a row has narrowed further than that is among it by its name. */
export async function readChoices(values: FilterValues, signal: AbortSignal): Promise<Choices> {
  const industry = single(values, 'industry') ?? ''
  const factor = single(values, 'factor') ?? ''
  const sections = answered(api.GET('/api/declaration/industries', { params: { query: {} }, signal }))
  const divisions = industry.length > 1 ? answered(api.GET('/api/declaration/industries', { params: { query: { parent: industry.slice(0, 1) } }, signal })) : []
  const form = answered(api.GET('/api/declaration/declarations/form-definition', { signal }))
  const one = FACTOR.test(factor) ? answered(api.GET('/api/declaration/hazard-factors', { params: { query: { q: factor } }, signal })) : null
  const size = (await form).sections.flatMap((section) => section.fields).find((field) => field.name === 'size')
  const own = (await divisions).filter((each) => each.code === industry)
  const factors = (await one)?.factors.filter((each) => each.code === factor) ?? []
  return {
    industries: [...own, ...(await sections)].map((each) => ({ value: each.code, label: each.name })),
    sizes: size?.choices ?? [],
    factors: factors.map((each) => ({ value: each.code, label: each.name })),
  }
}

export function filters(choices: Choices | null): Filter[] {
  return [
    { kind: 'date', key: 'day', label: '截至', untouched: () => '今天' },
    { kind: 'choice', key: 'industry', label: '行业', options: choices?.industries ?? [] },
    { kind: 'choice', key: 'size', label: '企业规模', options: choices?.sizes ?? [] },
    { kind: 'choice', key: 'factor', label: '危害因素', options: [...(choices?.factors ?? []), ...classes.options()] },
  ]
}

// What the address bar says is judged by the API.
function asked(values: FilterValues) {
  return {
    day: single(values, 'day') ?? null,
    region_code: single(values, 'region_code') ?? '',
    industry: single(values, 'industry') ?? '',
    size: single(values, 'size') ?? '',
    factor: single(values, 'factor') ?? '',
  }
}

function queryOf(values: FilterValues) {
  return { ...asked(values), dimension: (single(values, 'dimension') ?? 'region') as Schemas['Dimension'] }
}

export function readFigures(values: FilterValues, signal: AbortSignal): Promise<Figures> {
  return answered(api.GET('/api/declaration/figures', { params: { query: queryOf(values) }, signal }))
}

export function exportFigures(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/declaration/exports/figures.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}

export const COLUMNS: readonly Column<Unit>[] = [
  { key: 'employer', label: '单位名称' },
  { key: 'region', label: '所属地区', value: (row) => row.region_label },
  { key: 'kind', label: '有效申报' },
  { key: 'industry', label: '行业', value: (row) => row.industry_label ?? '' },
  { key: 'size', label: '企业规模', value: (row) => row.size_label ?? '' },
  { key: 'exposed', label: '接害人数', number: true, value: (row) => String(row.exposed ?? '') },
  { key: 'exceeded', label: '超标点数', number: true, value: (row) => (row.exceeded === null ? '' : `${row.exceeded} / ${row.measured}`) },
  { key: 'exam', label: '实检 / 应检', number: true, value: (row) => (row.exam_due === null ? '' : `${row.exam_done} / ${row.exam_due}`) },
]

export function unitFilters(choices: Choices | null, regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'employer_name', label: '单位名称', maxlength: 100 },
    { kind: 'choice', key: 'region_code', label: '所属地区', options: regions },
    ...filters(choices),
    ...['有效申报', '已检测', '有超标点'].map((label, at) => ({ kind: 'choice' as const, key: NARROWED[at]!, label, options: YES })),
  ]
}

function unitQuery(values: FilterValues) {
  const flag = (key: string) => (single(values, key) === undefined ? null : single(values, key) === 'true')
  return { ...asked(values), employer_name: single(values, 'employer_name') ?? '', declared: flag('declared'), tested: flag('tested'), over: flag('over') }
}

export function askUnits(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Unit>> {
  return answered(api.GET('/api/declaration/figures/units', { params: { query: { ...unitQuery(values), cursor: cursor || null } }, signal }))
}

export function exportUnits(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/declaration/exports/figure-units.xlsx', { params: { query: unitQuery(values) }, parseAs: 'blob' }))
}
