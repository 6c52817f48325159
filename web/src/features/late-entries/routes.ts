/** The addresses of 补报申请: the unit's own, and those that the province decides. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'late_entries'

export const lateEntryRoutes: RouteRecordRaw[] = [
  { path: 'late-entries', name: menuKey, component: () => import('@/features/late-entries/LateEntryList.vue'), meta: { title: '补报申请', menuKey } },
  {
    path: 'late-entries/:lateEntryId',
    name: 'late-entry',
    component: () => import('@/features/late-entries/LateEntryPage.vue'),
    props: true,
    meta: { title: '补报申请', menuKey },
  },
]
