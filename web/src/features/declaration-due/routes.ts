/** The addresses of 逾期与到期 and 工作日历. */
import type { RouteRecordRaw } from 'vue-router'

const due = 'declaration_deadlines'
const calendar = 'work_calendar'

export const declarationDueRoutes: RouteRecordRaw[] = [
  { path: 'declaration-due', name: 'declaration_deadlines', component: () => import('@/features/declaration-due/DueList.vue'), meta: { title: '逾期与到期', menuKey: due } },
  { path: 'work-calendar', name: 'work_calendar', component: () => import('@/features/declaration-due/WorkCalendar.vue'), meta: { title: '工作日历', menuKey: calendar } },
]
