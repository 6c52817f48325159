/** The addresses of 单位. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'organisations'

export const organisationRoutes: RouteRecordRaw[] = [
  {
    path: 'organisations',
    name: menuKey,
    component: () => import('@/features/organisations/OrganisationList.vue'),
    meta: { title: '单位', menuKey },
  },
  {
    path: 'organisations/:organisationId',
    name: 'organisation',
    component: () => import('@/features/organisations/OrganisationPage.vue'),
    props: true,
    meta: { title: '单位', menuKey },
  },
]
