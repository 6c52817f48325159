/** The addresses of 分班 and of 选班进度. */
import type { RouteRecordRaw } from 'vue-router'

const sessions = 'class_sessions'
const progress = 'selection_progress'

export const classSessionRoutes: RouteRecordRaw[] = [
  {
    path: 'class-sessions',
    name: 'class_sessions',
    component: () => import('@/features/class-sessions/ScheduleList.vue'),
    props: { title: '分班', to: 'class-plan' },
    meta: { title: '分班', menuKey: sessions },
  },
  {
    path: 'class-sessions/:planId',
    name: 'class-plan',
    component: () => import('@/features/class-sessions/ClassPlanPage.vue'),
    props: true,
    meta: { title: '分班', menuKey: sessions },
  },
  {
    path: 'selection-progress',
    name: 'selection_progress',
    component: () => import('@/features/class-sessions/ScheduleList.vue'),
    props: { title: '选班进度', to: 'plan-progress' },
    meta: { title: '选班进度', menuKey: progress },
  },
  {
    path: 'selection-progress/:planId',
    name: 'plan-progress',
    component: () => import('@/features/class-sessions/ProgressPage.vue'),
    props: true,
    meta: { title: '选班进度', menuKey: progress },
  },
]
