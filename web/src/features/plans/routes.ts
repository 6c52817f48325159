/** The addresses of 培训计划. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'plans'
const meta = { title: '培训计划', menuKey }

export const planRoutes: RouteRecordRaw[] = [
  { path: 'plans', name: menuKey, component: () => import('@/features/plans/PlanList.vue'), meta },
  { path: 'plans/new', name: 'plan-new', component: () => import('@/features/plans/NewPlanPage.vue'), meta },
  { path: 'plans/:planId', name: 'plan', component: () => import('@/features/plans/PlanPage.vue'), props: true, meta },
]
