/** The addresses of 管理 (AUTH-31). */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'class_types'
const types = { title: '培训班类型与专业', menuKey }

export const administrationRoutes: RouteRecordRaw[] = [
  { path: 'class-types', name: menuKey, component: () => import('@/features/administration/ClassTypesPage.vue'), meta: types },
  { path: 'class-types/:typeCode', name: 'class-type', component: () => import('@/features/administration/ClassTypePage.vue'), props: true, meta: types },
  { path: 'audit', name: 'audit', component: () => import('@/features/administration/AuditPage.vue'), meta: { title: '操作记录', menuKey: 'audit' } },
  { path: 'standing', name: 'standing', component: () => import('@/features/administration/StandingPage.vue'), meta: { title: '运行状况', menuKey: 'standing' } },
  { path: 'specialties', name: 'specialties', component: () => import('@/features/administration/SpecialtiesPage.vue'), meta: types },
]
