/** One certificate with the pages that were handed out under its number, and what was done with it. */
import { addressOf } from '@/api/address'
import { answered, api, type Schemas } from '@/api/client'
import { beijingTime } from '@/kit/beijing'
import type { Column } from '@/kit/columns'

export type Certificate = Schemas['CertificateRead']
export type Edition = Schemas['EditionRead']

export interface Whole {
  certificate: Certificate
  editions: Edition[]
  history: Schemas['HistoryEntry'][]
}

export async function readCertificate(id: string, signal: AbortSignal): Promise<Whole> {
  const given = { params: { path: { certificate_id: id } }, signal }
  const [certificate, editions, history] = await Promise.all([
    answered(api.GET('/api/certificates/certificates/{certificate_id}', given)),
    answered(api.GET('/api/certificates/certificates/{certificate_id}/editions', given)),
    answered(api.GET('/api/certificates/certificates/{certificate_id}/history', given)),
  ])
  return { certificate, editions, history }
}

function resultOf(row: Edition): string {
  if (row.is_current) return '现行版本'
  return row.replaced_by ? `已被第 ${row.replaced_by} 版替代` : '不是现行版本'
}

export function editionOf(id: string, edition: number): string {
  return addressOf('/api/certificates/certificates/{certificate_id}/editions/{edition}/pdf', { certificate_id: id, edition: String(edition) })
}

export const EDITIONS: readonly Column<Edition>[] = [
  { key: 'edition', label: '版次', value: (row) => `第 ${row.edition} 版`, unbroken: true },
  { key: 'name', label: '证书上的姓名', value: (row) => row.holder_name, unbroken: true },
  { key: 'printed', label: '制作时间', value: (row) => beijingTime(row.printed_at), unbroken: true },
  { key: 'template', label: '模板', value: (row) => row.template_version },
  { key: 'current', label: '查验结果', value: resultOf },
  { key: 'file', label: '证书文件', unbroken: true },
]

export function factsOf(one: Certificate) {
  return [
    { label: '姓名', text: `${one.holder_name}，${one.sex}` },
    { label: '身份证号', text: one.resident_id },
    { label: '单位', text: one.unit_name },
    { label: '培训班', text: `${one.plan_name} 第${one.session_no}期` },
    { label: '培训类型', text: one.plan_type_label },
    { label: '专业类别', text: one.specialties.join('、') },
    { label: '培训日期', text: `${one.start_date} 至 ${one.end_date}，${one.hours} 学时` },
    { label: '发证', text: `${one.issued_on}，${one.issuer}` },
    { label: '有效期至', text: one.valid_until ?? '长期' },
    ...(one.revoked_on ? [{ label: '撤销', text: `${one.revoked_on}，${one.revocation_reason ?? ''}` }] : []),
    ...(one.failure ? [{ label: '制作失败原因', text: one.failure }] : []),
  ]
}
