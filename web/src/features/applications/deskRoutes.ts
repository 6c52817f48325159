/** Where account managers look through applications. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'applications'

export const applicationDeskRoutes: RouteRecordRaw[] = [
  {
    path: 'applications',
    name: menuKey,
    component: () => import('@/features/applications/ApplicationList.vue'),
    meta: { title: '账号申请审核', menuKey },
  },
  {
    path: 'applications/:applicationId',
    name: 'application',
    component: () => import('@/features/applications/ApplicationReview.vue'),
    props: true,
    meta: { title: '账号申请审核', menuKey },
  },
]
