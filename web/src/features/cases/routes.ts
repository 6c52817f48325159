/** Requests that need no account, and following them by number; the desk where they are decided. */
import type { RouteRecordRaw } from 'vue-router'

export const caseRoutes: RouteRecordRaw[] = [
  { path: '/appeal', name: 'appeal', component: () => import('@/features/cases/AppealPage.vue'), meta: { title: '账号申诉' } },
  { path: '/claim', name: 'claim', component: () => import('@/features/cases/ClaimPage.vue'), meta: { title: '信用代码认领' } },
  { path: '/numbers', name: 'numbers', component: () => import('@/features/cases/NumbersPage.vue'), meta: { title: '号码核准' } },
  {
    path: '/phone-request',
    name: 'phone-request',
    component: () => import('@/features/cases/PhoneRequestPage.vue'),
    meta: { title: '申请更换手机号' },
  },
  { path: '/enquiry', name: 'enquiry', component: () => import('@/features/cases/EnquiryPage.vue'), meta: { title: '在线咨询' } },
  { path: '/track', name: 'track', component: () => import('@/features/cases/TrackPage.vue'), meta: { title: '进度查询' } },
]

/** The desks show the same pages, each its own kinds. */
function desk(menuKey: 'claims' | 'requests' | 'number_reviews', one: string, title: string): RouteRecordRaw[] {
  const path = menuKey.replace('_', '-')
  return [
    {
      path,
      name: menuKey,
      component: () => import('@/features/cases/CaseList.vue'),
      props: { desk: menuKey },
      meta: { title, menuKey },
    },
    {
      path: `${path}/:caseId`,
      name: one,
      component: () => import('@/features/cases/CasePage.vue'),
      props: (route) => ({ caseId: route.params['caseId'], desk: menuKey }),
      meta: { title, menuKey },
    },
  ]
}

export const caseDeskRoutes: RouteRecordRaw[] = [
  ...desk('claims', 'case', '申诉 / 更正 / 认领 / 核准审核'),
  ...desk('number_reviews', 'number-review', '身份证号核准'),
  ...desk('requests', 'request', '换号与咨询'),
]
