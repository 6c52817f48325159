/** The address of 证书到期与复训. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'expiring_qualifications'

export const expiringQualificationRoutes: RouteRecordRaw[] = [
  {
    path: 'expiring-qualifications',
    name: menuKey,
    component: () => import('@/features/expiring-qualifications/ExpiringList.vue'),
    meta: { title: '证书到期与复训', menuKey },
  },
]
