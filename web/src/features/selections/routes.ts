/** The addresses of 集体选班 and of its queues. */
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
  {
    path: 'waiting-entries',
    name: 'waiting-entries',
    component: () => import('@/features/selections/WaitingList.vue'),
    meta: { title: '候补', menuKey },
  },
]
