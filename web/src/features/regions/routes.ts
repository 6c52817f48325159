/** The address of 行政区划. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'regions'

export const regionRoutes: RouteRecordRaw[] = [
  {
    path: 'regions',
    name: menuKey,
    component: () => import('@/features/regions/RegionsPage.vue'),
    meta: { title: '行政区划', menuKey },
  },
]
