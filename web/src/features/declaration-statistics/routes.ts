/** The addresses of 统计 of declarations. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'declaration_statistics'

export const declarationStatisticsRoutes: RouteRecordRaw[] = [
  {
    path: 'declaration-statistics',
    name: menuKey,
    component: () => import('@/features/declaration-statistics/DeclarationStatistics.vue'),
    meta: { title: '申报统计', menuKey },
  },
  {
    path: 'declaration-statistics/units',
    name: 'declaration-figure-units',
    component: () => import('@/features/declaration-statistics/FigureUnits.vue'),
    meta: { title: '申报统计的用人单位', menuKey },
  },
]
