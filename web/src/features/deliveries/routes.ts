/** The addresses of 发送记录. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'deliveries'
const meta = { title: '发送记录', menuKey }

export const deliveryRoutes: RouteRecordRaw[] = [
  { path: 'deliveries', name: menuKey, component: () => import('@/features/deliveries/DeliveryList.vue'), meta },
  { path: 'deliveries/:deliveryId', name: 'delivery', component: () => import('@/features/deliveries/DeliveryPage.vue'), props: true, meta },
  { path: 'unreached', name: 'unreached', component: () => import('@/features/deliveries/UnreachedList.vue'), meta },
  { path: 'account-texts', name: 'account-texts', component: () => import('@/features/deliveries/TextList.vue'), meta },
]
