/** Requests that need no account, and following them by number; the desk where they are decided. */
import type { RouteRecordRaw } from 'vue-router'

export const caseRoutes: RouteRecordRaw[] = [
  { path: '/appeal', name: 'appeal', component: () => import('@/features/cases/AppealPage.vue'), meta: { title: '账号申诉' } },
  { path: '/claim', name: 'claim', component: () => import('@/features/cases/ClaimPage.vue'), meta: { title: '信用代码认领' } },
  {
    path: '/phone-request',
    name: 'phone-request',
    component: () => import('@/features/cases/PhoneRequestPage.vue'),
    meta: { title: '申请更换手机号' },
  },
  { path: '/enquiry', name: 'enquiry', component: () => import('@/features/cases/EnquiryPage.vue'), meta: { title: '在线咨询' } },
  { path: '/track', name: 'track', component: () => import('@/features/cases/TrackPage.vue'), meta: { title: '进度查询' } },
]

/** Both desks show the same pages, each its own kinds. */
function desk(menuKey: 'claims' | 'requests', one: string, title: string): RouteRecordRaw[] {
  return [
    {
      path: menuKey,
      name: menuKey,
      component: () => import('@/features/cases/CaseList.vue'),
      props: { desk: menuKey },
      meta: { title, menuKey },
    },
    {
      path: `${menuKey}/:caseId`,
      name: one,
      component: () => import('@/features/cases/CasePage.vue'),
      props: (route) => ({ caseId: route.params['caseId'], desk: menuKey }),
      meta: { title, menuKey },
    },
  ]
}

export const caseDeskRoutes: RouteRecordRaw[] = [
  ...desk('claims', 'case', '申诉 / 更正 / 认领审核'),
  ...desk('requests', 'request', '换号与咨询'),
]
