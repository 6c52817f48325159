/** The addresses of 账号 and of the page that says why somebody cannot sign in. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'accounts'

export const accountRoutes: RouteRecordRaw[] = [
  {
    path: 'accounts',
    name: menuKey,
    component: () => import('@/features/accounts/AccountList.vue'),
    meta: { title: '账号', menuKey },
  },
  {
    path: 'accounts/new',
    name: 'account-open',
    component: () => import('@/features/accounts/AccountOpenPage.vue'),
    meta: { title: '开通账号', menuKey },
  },
  {
    path: 'accounts/:accountId',
    name: 'account',
    component: () => import('@/features/accounts/AccountPage.vue'),
    props: true,
    meta: { title: '账号', menuKey },
  },
  {
    path: 'access-checks',
    name: 'access_checks',
    component: () => import('@/features/accounts/AccessPage.vue'),
    meta: { title: '无法登录排查', menuKey: 'access_checks' },
  },
]
