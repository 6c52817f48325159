/** The addresses of 人员调动. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'transfers'

export const transferRoutes: RouteRecordRaw[] = [
  { path: 'transfers', name: menuKey, component: () => import('@/features/transfers/TransferList.vue'), meta: { title: '人员调动', menuKey } },
  {
    path: 'transfers/:transferId',
    name: 'transfer',
    component: () => import('@/features/transfers/TransferPage.vue'),
    props: true,
    meta: { title: '人员调动', menuKey },
  },
]
