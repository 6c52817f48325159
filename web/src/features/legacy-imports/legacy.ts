/** Lists of the old system as the API has them (DECL-09): sent in pieces, read, looked at row by row, taken over, undone. */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { jobBegun } from '@/kit/jobs'

export type Import = Schemas['LegacyImportRead']
export type Item = Schemas['LegacyImportListItem']
export type Row = Schemas['LegacyRowRead']

export const states = words('declaration', 'LegacyImportState')
export const outcomes = words('declaration', 'LegacyOutcome')

export const IMPORT_COLUMNS: readonly Column<Item>[] = [
  { key: 'file', label: '文件' },
  { key: 'state', label: '状态' },
  { key: 'total', label: '行数', value: (row) => String(row.total), number: true },
  { key: 'coming', label: '导入', value: (row) => String(row.coming), number: true },
  { key: 'by', label: '上传', value: (row) => `${row.uploaded_by_name}，${beijingTime(row.created_at)}` },
  { key: 'confirmed', label: '确认导入', value: (row) => (row.confirmed_at ? `${row.confirmed_by_name ?? ''}，${beijingTime(row.confirmed_at)}` : '') },
]

export const ROW_COLUMNS: readonly Column<Row>[] = [
  { key: 'line', label: '行', value: (row) => String(row.line), number: true },
  { key: 'unit', label: '单位' },
  { key: 'region', label: '所属地区', value: (row) => row.region_label || '不明' },
  { key: 'outcome', label: '结果' },
  { key: 'cells', label: '内容' },
]

export async function listImports(signal: AbortSignal): Promise<Item[]> {
  return (await answered(api.GET('/api/declaration/legacy-imports', { params: { query: { limit: 50 } }, signal }))).items
}

const at = (id: string) => ({ path: { import_id: id } })

export function readImport(id: string, signal: AbortSignal): Promise<Import> {
  return answered(api.GET('/api/declaration/legacy-imports/{import_id}', { params: at(id), signal }))
}

export function annotated(id: string): Promise<unknown> {
  return answered(api.GET('/api/declaration/legacy-imports/{import_id}/annotated', { params: at(id), parseAs: 'blob' }))
}

/** The whole file, piece by piece; `told` hears of each that has come. Gives the import, whose reading has begun. */
export async function upload(file: File, told: (share: number) => void): Promise<Import> {
  const begun = await answered(api.POST('/api/declaration/legacy-imports', { body: { file_name: file.name, size: file.size }, headers: once() }))
  for (const part of begun.missing_parts) {
    const form = new FormData()
    form.set('file', file.slice((part - 1) * begun.part_bytes, part * begun.part_bytes), 'part')
    await answered(
      api.PUT('/api/declaration/legacy-imports/{import_id}/parts/{part}', {
        params: { path: { import_id: begun.id, part } },
        // The body is multipart: the types speak of its parts, the browser sends the form.
        body: form as unknown as Schemas['Body_keep_legacy_part'],
        bodySerializer: () => form,
      }),
    )
    told(part / begun.parts)
  }
  const read = await answered(api.POST('/api/declaration/legacy-imports/{import_id}/read', { params: at(begun.id), headers: once() }))
  jobBegun('declaration')
  return read
}

export function filters(regions: Option[], hasParts: boolean): Filter[] {
  return [
    { kind: 'text', key: 'unit_name', label: '单位名称或信用代码', maxlength: 100 },
    ...(hasParts ? [{ kind: 'choice' as const, key: 'region_code', label: '所属地区', options: regions }] : []),
    {
      kind: 'choice',
      key: 'comes',
      label: '是否导入',
      options: [
        { value: 'true', label: '导入' },
        { value: 'false', label: '不导入' },
      ],
    },
    { kind: 'choices', key: 'outcome', label: '结果', options: outcomes.options() },
  ]
}

function queryOf(values: FilterValues) {
  const comes = single(values, 'comes')
  return {
    import_id: single(values, 'import_id') ?? null,
    unit_name: single(values, 'unit_name') ?? '',
    region_code: single(values, 'region_code') ?? '',
    comes: comes === undefined ? null : comes === 'true',
    outcome: [...(values['outcome'] ?? [])] as Schemas['LegacyOutcome'][],
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  return answered(api.GET('/api/declaration/legacy-rows', { params: { query: { ...queryOf(values), cursor: cursor || null } }, signal }))
}

export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/declaration/exports/legacy-rows.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
