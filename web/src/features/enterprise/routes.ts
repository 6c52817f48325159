/** The addresses of 注册信息. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'enterprise'

export const enterpriseRoutes: RouteRecordRaw[] = [
  { path: 'enterprise', name: menuKey, component: () => import('@/features/enterprise/EnterprisePage.vue'), meta: { title: '注册信息', menuKey } },
  {
    path: 'enterprise/correction',
    name: 'enterprise-correction',
    component: () => import('@/features/enterprise/CorrectionPage.vue'),
    meta: { title: '信用代码更正', menuKey },
  },
]
