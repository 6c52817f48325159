/** 账号申请: for everybody, by the number and key of the application (AUTH-01…08). */
import type { RouteRecordRaw } from 'vue-router'

export const applyRoutes: RouteRecordRaw[] = [
  { path: '/apply', name: 'apply', component: () => import('@/features/applications/ApplyPage.vue'), meta: { title: '账号申请' } },
]
