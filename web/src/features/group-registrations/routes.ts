/** The addresses of 集体报名. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'registrations'

export const groupRegistrationRoutes: RouteRecordRaw[] = [
  {
    path: 'registrations',
    name: menuKey,
    component: () => import('@/features/group-registrations/GroupRegistrationList.vue'),
    meta: { title: '集体报名', menuKey },
  },
  {
    path: 'registrations/:planId',
    name: 'registration-plan',
    component: () => import('@/features/group-registrations/GroupRegistrationPage.vue'),
    props: true,
    meta: { title: '集体报名', menuKey },
  },
]
