/** The addresses of 集体选班. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'selections'

export const selectionRoutes: RouteRecordRaw[] = [
  {
    path: 'selections',
    name: menuKey,
    component: () => import('@/features/selections/SelectionList.vue'),
    meta: { title: '集体选班', menuKey },
  },
  {
    path: 'selections/:planId',
    name: 'selection',
    component: () => import('@/features/selections/SelectionPage.vue'),
    props: true,
    meta: { title: '集体选班', menuKey },
  },
]
