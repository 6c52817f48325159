/** The addresses of 信息更正: what a unit has asked for, and what the province decides. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'identity_corrections'
const meta = { title: '信息更正', menuKey }

export const identityCorrectionRoutes: RouteRecordRaw[] = [
  { path: 'identity-corrections', name: menuKey, component: () => import('@/features/identity-corrections/CorrectionList.vue'), meta },
  {
    path: 'identity-corrections/:correctionId',
    name: 'identity-correction',
    component: () => import('@/features/identity-corrections/CorrectionPage.vue'),
    props: true,
    meta,
  },
]
