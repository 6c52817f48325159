/** What people call the fields of a page's forms, so that a summary of errors says which field it means (FAQ-D11). A layout provides them to
 * the summaries below it. */
import type { InjectionKey } from 'vue'

export type Labels = Record<string, string>
export const FIELD_LABELS: InjectionKey<Labels> = Symbol('field labels')

/** Of the forms that need no account. */
export const PUBLIC_LABELS: Labels = {
  account: '登录账号',
  address: '单位地址',
  applicant_name: '姓名',
  attachments: '证明材料',
  code: '短信验证码',
  contact_name: '联系人',
  credit_code: '统一社会信用代码',
  email: '电子邮箱',
  has_own_code: '是否有独立的统一社会信用代码',
  legacy_account: '原账号',
  legal_representative: '法定代表人',
  login_name: '登录账号',
  name: '单位名称',
  new: '新密码',
  new_phone: '新手机号码',
  old: '旧密码',
  old_phone: '旧手机号码',
  organisation_name: '单位名称',
  password: '密码',
  phone: '手机号码',
  question: '问题',
  reason: '理由',
  region_code: '所在地区',
  short_name: '单位简称',
}

/** The message with its field before it, unless it names it already. */
export function named(labels: Labels, field: string, message: string): string {
  const label = labels[field]
  return label && !message.includes(label) ? `${label}：${message}` : message
}
