/** What the list of 单位 shows and how it is asked for (ORG-12). */
import { answered, api, type Schemas } from '@/api/client'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { regionPrefix } from '@/kit/regions'

export type Row = Schemas['OrganisationListItem']
type Status = Schemas['OrganisationStatus']
type Level = Schemas['Level']
type Kind = Schemas['OrganisationKind']

const STATUSES: Record<Status, { label: string; colour: string }> = {
  active: { label: '启用', colour: 'green' },
  disabled: { label: '停用', colour: 'red' },
}
export const LEVELS: Record<Level, string> = { unit: '业务单位', county: '区县机构', city: '市级机构', province: '省级机构' }
const KINDS: Record<Kind, string> = {
  disease_control: '疾控中心',
  examination: '体检机构',
  diagnosis: '诊断机构',
  technical_service: '职业卫生技术服务机构',
  health_administration: '卫生行政部门',
  employer: '用人单位',
  other: '其他',
}

function isIn<K extends string>(table: Record<K, unknown>, value: string | undefined): value is K {
  return value !== undefined && value in table
}
function options<K extends string>(table: Record<K, string>): Option[] {
  return Object.entries<string>(table).map(([value, label]) => ({ value, label }))
}

export function colourOf(status: string): string {
  return isIn(STATUSES, status) ? STATUSES[status].colour : 'black'
}
export function kindWords(kinds: readonly Kind[]): string {
  return kinds.map((kind) => KINDS[kind]).join('、')
}

export function columns(regionName: (code: string) => string): readonly Column<Row>[] {
  return [
    { key: 'name', label: '单位名称' },
    { key: 'code', label: '统一社会信用代码', value: (row) => [row.credit_code, row.branch_no].filter(Boolean).join('-'), unbroken: true },
    { key: 'level', label: '层级', value: (row) => LEVELS[row.level], unbroken: true },
    { key: 'kinds', label: '单位属性', value: (row) => kindWords(row.kinds) },
    { key: 'region', label: '行政区划', value: (row) => regionName(row.region_code), unbroken: true },
    { key: 'status', label: '状态', unbroken: true },
  ]
}

export function filters(regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'q', label: '单位名称或信用代码', maxlength: 100 },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: regions },
    { kind: 'choice', key: 'level', label: '层级', options: options(LEVELS) },
    { kind: 'choice', key: 'kind', label: '单位属性', options: options(KINDS) },
    {
      kind: 'choices',
      key: 'status',
      label: '状态',
      options: Object.entries(STATUSES).map(([value, { label }]) => ({ value, label })),
    },
  ]
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const level = single(values, 'level')
  const kind = single(values, 'kind')
  const statuses = (values['status'] ?? []).filter((each): each is Status => isIn(STATUSES, each))
  const query = {
    q: single(values, 'q') ?? '',
    region_code: regionPrefix(single(values, 'region_code') ?? ''),
    level: isIn(LEVELS, level) ? level : null,
    kind: isIn(KINDS, kind) ? kind : null,
    status: statuses.length ? statuses : null,
    cursor: cursor || null,
  }
  return answered(api.GET('/api/auth/organisations', { params: { query }, signal }))
}
