/** 个人设置, for everybody who is signed in. */
import type { RouteRecordRaw } from 'vue-router'

export const settingsRoutes: RouteRecordRaw[] = [
  { path: 'settings', name: 'settings', component: () => import('@/features/settings/SettingsPage.vue'), meta: { title: '个人设置' } },
  { path: 'settings/notices', name: 'notice-settings', component: () => import('@/features/settings/NoticeSettingsPage.vue'), meta: { title: '通知设置' } },
]
