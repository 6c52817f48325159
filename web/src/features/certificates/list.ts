/** The list of certificates: what it shows and how it is asked for (CERT-06, STAFF-10). */
import { addressOf } from '@/api/address'
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { regionPrefix } from '@/kit/regions'

export type Row = Schemas['CertificateListItem']
export const statuses = words('certificates', 'CertificateStatus')
export const forms = words('certificates', 'BundleForm')
export const orders = words('certificates', 'BundleOrder')
/** A whole year's are printed together; further back one asks by number or name. */
const YEARS = 10
/** Set by links only: of one session, one person's registration, one unit. */
export const OWN_KEYS = ['class_session_id', 'registration_id', 'unit_id']

export const COLUMNS: readonly Column<Row>[] = [
  { key: 'number', label: '证书编号' },
  { key: 'holder', label: '姓名', value: (row) => row.holder_name, unbroken: true },
  { key: 'id', label: '身份证号', value: (row) => row.resident_id, unbroken: true },
  { key: 'unit', label: '单位', value: (row) => row.unit_name },
  { key: 'plan', label: '培训班', value: (row) => `${row.plan_name} 第${row.session_no}期` },
  { key: 'issued', label: '发证日期', value: (row) => row.issued_on, unbroken: true },
  { key: 'until', label: '有效期至', value: (row) => row.valid_until ?? '长期', unbroken: true },
  { key: 'status', label: '状态', unbroken: true },
  { key: 'operations', label: '操作' },
]

export function filters(types: Option[], regions: Option[], hasParts: boolean, year: number): Filter[] {
  const years = Array.from({ length: YEARS }, (_, back) => String(year - back))
  return [
    { kind: 'text', key: 'q', label: '证书编号、姓名或培训班', maxlength: 100 },
    { kind: 'text', key: 'unit_name', label: '单位名称', maxlength: 100 },
    { kind: 'choice', key: 'plan_type', label: '培训班类型', options: types },
    ...(hasParts ? [{ kind: 'choice' as const, key: 'region_code', label: '地区', options: regions.map((each) => ({ ...each, value: regionPrefix(each.value) })) }] : []),
    { kind: 'choice', key: 'year', label: '发证年份', options: years.map((each) => ({ value: each, label: each })) },
    { kind: 'date', key: 'valid_from', label: '有效期至 起' },
    { kind: 'date', key: 'valid_to', label: '有效期至 止' },
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
  ]
}

/** What the address bar says is judged by the API. */
export function wantedOf(values: FilterValues) {
  const or = (key: string) => single(values, key) ?? null
  const year = or('year')
  return {
    q: or('q'),
    unit_name: or('unit_name'),
    plan_type: or('plan_type') ?? '',
    region_code: or('region_code') ?? '',
    year: year === null ? null : (year as unknown as number),
    valid_from: or('valid_from'),
    valid_to: or('valid_to'),
    class_session_id: or('class_session_id'),
    registration_id: or('registration_id'),
    unit_id: or('unit_id'),
    status: [...(values['status'] ?? [])] as Schemas['CertificateStatus'][],
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...wantedOf(values), cursor: cursor || null }
  return answered(api.GET('/api/certificates/certificates', { params: { query }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/certificates/exports/certificates.xlsx', { params: { query: wantedOf(values) }, parseAs: 'blob' }))
}

type Chosen = Pick<Schemas['BundleCreate'], 'certificate_ids' | 'filters'>

/** All in one file: a ZIP, or one PDF for a print shop. The tray in the head finds it again. */
export async function bundle(chosen: Chosen, form: Schemas['BundleForm'], order: Schemas['BundleOrder']): Promise<void> {
  await answered(api.POST('/api/certificates/bundles', { body: { ...chosen, form, order }, headers: once() }))
}

export function pageOf(id: string): string {
  return addressOf('/api/certificates/certificates/{certificate_id}/pdf', { certificate_id: id })
}

/** The certificate itself, to be shown beside its record. */
export function fileOf(row: { id: string; number: string; holder_name: string }) {
  return { id: row.id, name: `${row.holder_name}　${row.number}`, content_type: 'application/pdf' }
}
