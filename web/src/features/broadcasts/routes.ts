/** The addresses of 群发. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'broadcasts'
const meta = { title: '群发', menuKey }

export const broadcastRoutes: RouteRecordRaw[] = [
  { path: 'broadcasts', name: menuKey, component: () => import('@/features/broadcasts/BroadcastList.vue'), meta },
  { path: 'broadcasts/new', name: 'broadcast-new', component: () => import('@/features/broadcasts/NewBroadcast.vue'), meta },
  { path: 'broadcasts/:broadcastId', name: 'broadcast', component: () => import('@/features/broadcasts/BroadcastPage.vue'), props: true, meta },
  { path: 'broadcasts/:broadcastId/recipients', name: 'broadcast-recipients', component: () => import('@/features/broadcasts/RecipientList.vue'), props: true, meta },
]
