/** The addresses of 统计 of training. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'training_statistics'

export const statisticsRoutes: RouteRecordRaw[] = [
  { path: 'training-statistics', name: menuKey, component: () => import('@/features/statistics/StatisticsPage.vue'), meta: { title: '统计', menuKey } },
  {
    path: 'training-statistics/certificates',
    name: 'certificate-expiry',
    component: () => import('@/features/statistics/ExpiryPage.vue'),
    meta: { title: '证书到期', menuKey },
  },
  {
    path: 'training-statistics/people',
    name: 'training-people',
    component: () => import('@/features/statistics/PeoplePage.vue'),
    meta: { title: '报名人员', menuKey },
  },
]
