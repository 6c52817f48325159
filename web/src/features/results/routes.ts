/** The addresses of 集体成绩查询. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'results'

export const resultRoutes: RouteRecordRaw[] = [
  { path: 'results', name: menuKey, component: () => import('@/features/results/ResultList.vue'), meta: { title: '集体成绩查询', menuKey } },
  {
    path: 'results/:sessionId',
    name: 'session-results',
    component: () => import('@/features/results/SessionResults.vue'),
    props: true,
    meta: { title: '集体成绩查询', menuKey },
  },
]
