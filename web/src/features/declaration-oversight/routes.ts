/** The addresses of what a superior sees and orders over reviews: 各地区审核进度, 代审安排, 审核提示, and what a county finds of one unit. */
import type { RouteRecordRaw } from 'vue-router'

const regions = 'declaration_regions'
const standIns = 'stand_ins'
const flags = 'review_flags'

export const declarationOversightRoutes: RouteRecordRaw[] = [
  {
    path: 'declaration-regions',
    name: 'declaration_regions',
    component: () => import('@/features/declaration-oversight/RegionsBelow.vue'),
    meta: { title: '各地区审核进度', menuKey: regions },
  },
  { path: 'stand-ins', name: 'stand_ins', component: () => import('@/features/declaration-oversight/StandInList.vue'), meta: { title: '代审安排', menuKey: standIns } },
  { path: 'review-flags', name: 'review_flags', component: () => import('@/features/declaration-oversight/FlagList.vue'), meta: { title: '审核提示', menuKey: flags } },
  {
    path: 'declaration-employers/:id',
    name: 'declaration-standing',
    component: () => import('@/features/declaration-oversight/StandingPage.vue'),
    props: true,
    meta: { title: '隶属关系与涉密查看人员', menuKey: 'declaration_reviews' },
  },
]
