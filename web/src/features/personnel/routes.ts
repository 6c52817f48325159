import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'personnel'

export const personnelRoutes: RouteRecordRaw[] = [
  { path: 'institution/people', name: menuKey, component: () => import('@/features/personnel/PeopleList.vue'), meta: { title: '人员信息', menuKey } },
  {
    path: 'institution/people/import',
    name: 'people-import',
    component: () => import('@/features/personnel/ImportPage.vue'),
    meta: { title: '人员导入', menuKey },
  },
  {
    path: 'institution/people/new',
    name: 'person-new',
    component: () => import('@/features/personnel/NewPersonPage.vue'),
    meta: { title: '添加人员', menuKey },
  },
  {
    path: 'institution/people/:staffId',
    name: 'person',
    component: () => import('@/features/personnel/PersonPage.vue'),
    props: true,
    meta: { title: '人员信息', menuKey },
  },
]
