/** What the list of 人员信息 shows and how it is asked for (TRN-02). Labels are those of the form, choices those of its dictionaries. */
import { answered, api, type Schemas } from '@/api/client'
import type { Column, Page } from '@/kit/columns'
import { dictionaries } from '@/kit/dictionaries'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import type { Dictionaries } from '@/kit/forms'
import type { Labels } from '@/kit/labels'

export type Row = Schemas['StaffMemberListItem']

const STATUSES = 'employment_statuses'
const ATTRIBUTES = 'attributes'
const TITLE_LEVELS = 'professional_title_levels'
const DEPARTMENTS = 'departments'

export function listDictionaries(signal?: AbortSignal): Promise<Dictionaries> {
  return dictionaries([STATUSES, ATTRIBUTES, TITLE_LEVELS, DEPARTMENTS], signal)
}

export function columns(labels: Labels): readonly Column<Row>[] {
  const label = (field: string) => labels[field] ?? ''
  return [
    { key: 'name', label: label('name') },
    { key: 'sex', label: label('sex'), value: (row) => row.sex, unbroken: true },
    { key: 'title', label: label('title'), value: (row) => row.title_label },
    { key: 'attributes', label: label('attributes'), value: (row) => row.attributes.join('、') },
    { key: 'status', label: '在岗状态', value: (row) => row.status_label, unbroken: true },
    { key: 'certificates', label: '证书编号' },
    { key: 'projects', label: '从事项目', value: (row) => row.projects },
    { key: 'departments', label: label('departments'), value: (row) => row.departments.join('、') },
    { key: 'actions', label: '操作' },
  ]
}

export function filters(labels: Labels, from: Dictionaries): Filter[] {
  const label = (field: string) => labels[field] ?? ''
  const options = (name: string): Option[] => (from[name] ?? []).map((entry) => ({ value: entry.code, label: entry.label }))
  return [
    { kind: 'text', key: 'name', label: label('name'), maxlength: 50 },
    { kind: 'choices', key: 'status', label: '在岗状态', options: options(STATUSES), few: true },
    { kind: 'choice', key: 'attributes', label: label('attributes'), options: options(ATTRIBUTES) },
    { kind: 'choice', key: 'title_level', label: label('title_level'), options: options(TITLE_LEVELS) },
    { kind: 'text', key: 'department', label: label('departments'), maxlength: 50 },
  ]
}

function queryOf(values: FilterValues) {
  return {
    name: single(values, 'name') ?? '',
    // What the address bar says is judged by the API.
    status: [...(values['status'] ?? [])] as Schemas['EmploymentStatus'][],
    attributes: [...(values['attributes'] ?? [])],
    title_level: [...(values['title_level'] ?? [])],
    department: single(values, 'department') ?? '',
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/training/personnel', { params: { query }, signal }))
}

/** The rows that these filters let through, as a sheet. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/training/exports/personnel.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
