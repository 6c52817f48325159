/** The addresses of 职业病危害申报. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'declarations'
const title = '职业病危害申报'

export const declarationRoutes: RouteRecordRaw[] = [
  { path: 'declarations', name: menuKey, component: () => import('@/features/declarations/DeclarationList.vue'), meta: { title, menuKey } },
  { path: 'declarations/new', name: 'declaration-new', component: () => import('@/features/declarations/NewDeclaration.vue'), meta: { title: '添加申报', menuKey } },
  { path: 'declarations/:id', name: 'declaration', component: () => import('@/features/declarations/DeclarationPage.vue'), props: true, meta: { title, menuKey } },
  {
    path: 'declarations/:id/:section',
    name: 'declaration-form',
    component: () => import('@/features/declarations/DeclarationForm.vue'),
    props: true,
    meta: { title, menuKey },
  },
]
