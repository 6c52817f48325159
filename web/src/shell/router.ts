/**
 * The addresses of the portal and the guard before them. A page that the menu opens has the menu's key as its name; the API's menu
 * says who sees it (AUTH-17).
 */
import { watch } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { groupRegistrationRoutes } from '@/features/group-registrations/routes'
import { session } from '@/shell/session'

export const SIGN_IN = 'sign-in'
export const HOME = 'home'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** The key of the menu entry that must be granted. */
    menuKey?: string
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: SIGN_IN, component: () => import('@/features/sign-in/SignInPage.vue'), meta: { title: '登录' } },
  {
    path: '/',
    component: () => import('@/shell/ShellLayout.vue'),
    children: [
      { path: '', name: HOME, component: () => import('@/shell/HomePage.vue'), meta: { title: '首页' } },
      ...groupRegistrationRoutes,
      {
        path: ':path(.*)*',
        name: 'not-found',
        component: () => import('@/shell/NotFoundPage.vue'),
        meta: { title: '没有找到该页面' },
      },
    ],
  },
]

export const router = createRouter({ history: createWebHistory(), routes })

/** Where to go after signing in: an address of this portal and no other. */
export function returnAddress(wanted: unknown): string {
  return typeof wanted === 'string' && wanted.startsWith('/') && !wanted.startsWith('//') ? wanted : '/'
}

router.beforeEach(async (to) => {
  const known = await session.recall()
  if (to.name === SIGN_IN) return known ? returnAddress(to.query['to']) : true
  if (!known) return { name: SIGN_IN, query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  const { menuKey } = to.meta
  const granted = !menuKey || session.me.value?.menu.some((item) => item.key === menuKey)
  return granted ? true : { name: 'not-found', params: { path: to.path.split('/').slice(1) }, query: to.query }
})

router.afterEach((to) => {
  document.title = `${to.meta.title} · 职业健康平台`
})

watch(session.me, (me) => {
  const here = router.currentRoute.value
  if (me || here.name === SIGN_IN || !here.name) return
  void router.replace({ name: SIGN_IN, query: here.fullPath === '/' ? {} : { to: here.fullPath } })
})
