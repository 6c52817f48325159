/** The address of 候补. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'waiting_entries'

export const waitingRoutes: RouteRecordRaw[] = [
  { path: 'waiting-entries', name: menuKey, component: () => import('@/features/selections/WaitingList.vue'), meta: { title: '候补', menuKey } },
]
