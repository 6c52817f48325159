/** The addresses of 成绩录入. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'scores'
const meta = { title: '成绩录入', menuKey }

export const scoreRoutes: RouteRecordRaw[] = [
  { path: 'scores', name: menuKey, component: () => import('@/features/scores/SheetList.vue'), meta },
  { path: 'scores/:sheetId', name: 'score-sheet', component: () => import('@/features/scores/SheetPage.vue'), props: true, meta },
]
