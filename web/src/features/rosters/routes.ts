/** The addresses of 名册与签到, and of the screen in the class room. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'class_sessions'
const meta = { title: '名册与签到', menuKey }

export const rosterRoutes: RouteRecordRaw[] = [
  { path: 'class-sessions/:sessionId/roster', name: 'roster', component: () => import('@/features/rosters/RosterPage.vue'), props: true, meta },
  { path: 'class-sessions/:sessionId/check-in', name: 'check-in-screen', component: () => import('@/features/rosters/CheckInScreen.vue'), props: true, meta },
]
