/** The addresses of 资质申报. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'institution_filing'

export const institutionRoutes: RouteRecordRaw[] = [
  { path: 'institution', name: menuKey, component: () => import('@/features/institution/InstitutionPage.vue'), meta: { title: '资质申报', menuKey } },
  {
    path: 'institution/:kind/:tab?',
    name: 'filing',
    component: () => import('@/features/institution/FilingPage.vue'),
    props: true,
    meta: { title: '资质申报', menuKey },
  },
]
