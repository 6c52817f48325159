/** The addresses of 管理 (AUTH-31). */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'class_types'
const dictionaries = { title: '人员字典', menuKey: 'personnel_dictionaries' }
const types = { title: '培训班类型与专业', menuKey }

export const administrationRoutes: RouteRecordRaw[] = [
  { path: 'class-types', name: menuKey, component: () => import('@/features/administration/ClassTypesPage.vue'), meta: types },
  { path: 'class-types/:typeCode', name: 'class-type', component: () => import('@/features/administration/ClassTypePage.vue'), props: true, meta: types },
  { path: 'personnel-dictionaries', name: 'personnel_dictionaries', component: () => import('@/features/administration/DepartmentsPage.vue'), meta: dictionaries },
  { path: 'personnel-dictionaries/duties', name: 'duties', component: () => import('@/features/administration/DutiesPage.vue'), meta: dictionaries },
  { path: 'long-work', name: 'long_work', component: () => import('@/features/administration/LongWorkPage.vue'), meta: { title: '后台任务', menuKey: 'long_work' } },
  { path: 'audit', name: 'audit', component: () => import('@/features/administration/AuditPage.vue'), meta: { title: '操作记录', menuKey: 'audit' } },
  { path: 'standing', name: 'standing', component: () => import('@/features/administration/StandingPage.vue'), meta: { title: '运行状况', menuKey: 'standing' } },
  { path: 'specialties', name: 'specialties', component: () => import('@/features/administration/SpecialtiesPage.vue'), meta: types },
]
