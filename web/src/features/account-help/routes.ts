/** What somebody does who cannot sign in: recover, unlock, change the phone, activate. */
import type { RouteRecordRaw } from 'vue-router'

export const accountHelpRoutes: RouteRecordRaw[] = [
  {
    path: '/recovery',
    name: 'recovery',
    component: () => import('@/features/account-help/RecoveryPage.vue'),
    meta: { title: '忘记账号密码' },
  },
  { path: '/unlock', name: 'unlock', component: () => import('@/features/account-help/UnlockPage.vue'), meta: { title: '解除锁定' } },
  {
    path: '/change-phone',
    name: 'change-phone',
    component: () => import('@/features/account-help/ChangePhonePage.vue'),
    meta: { title: '更改手机号' },
  },
  { path: '/activate', name: 'activate', component: () => import('@/features/account-help/ActivatePage.vue'), meta: { title: '账号激活' } },
]
