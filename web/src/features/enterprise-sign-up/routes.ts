/** 企业注册, for employers without an account. */
import type { RouteRecordRaw } from 'vue-router'

export const enterpriseSignUpRoutes: RouteRecordRaw[] = [
  {
    path: '/enterprise-sign-up',
    name: 'enterprise-sign-up',
    component: () => import('@/features/enterprise-sign-up/SignUpPage.vue'),
    meta: { title: '企业注册' },
  },
]
