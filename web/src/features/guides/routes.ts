/** 使用手册: open to everybody, so that who cannot sign in finds what to do. */
import type { RouteRecordRaw } from 'vue-router'

export const guideRoutes: RouteRecordRaw[] = [
  { path: '/guides', name: 'guides', component: () => import('@/features/guides/GuidesPage.vue'), meta: { title: '使用手册', wide: true } },
  {
    path: '/guides/:guide',
    name: 'guide',
    component: () => import('@/features/guides/GuidePage.vue'),
    props: true,
    meta: { title: '使用手册', wide: true },
  },
]
