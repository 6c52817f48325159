import type { RouteLocationRaw, RouteRecordNameGeneric } from 'vue-router'

/** What can be done without signing in: on the sign-in page and above every public page, in this order. */
export const PUBLIC_LINKS = [
  { name: 'apply', label: '账号申请' },
  { name: 'enterprise-sign-up', label: '企业注册' },
  { name: 'activate', label: '账号激活' },
  { name: 'recovery', label: '忘记账号密码' },
  { name: 'unlock', label: '解除锁定' },
  { name: 'appeal', label: '账号申诉' },
  { name: 'change-phone', label: '更改手机号' },
  { name: 'numbers', label: '号码核准' },
  { name: 'track', label: '进度查询' },
  { name: 'enquiry', label: '在线咨询' },
] as const

/** Whoever holds a certificate in his hands has it checked: a page of the server's own, which works without scripts (BEY-05). */
export const CERTIFICATE_CHECK = { href: '/verify', label: '证书查验' } as const

/** Where the guide of whoever reads explains this page (BEY-18); in a window of its own, so that nothing typed is left behind. */
export function helpFor(page: RouteRecordNameGeneric): RouteLocationRaw {
  return { name: 'guides', query: { page: String(page) } }
}
