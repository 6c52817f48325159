/** The address of 消息中心, which is everybody's. */
import type { RouteRecordRaw } from 'vue-router'

export const messageRoutes: RouteRecordRaw[] = [
  { path: 'messages', name: 'messages', component: () => import('@/features/messages/MessageList.vue'), meta: { title: '消息中心' } },
]
