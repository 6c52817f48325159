/** The addresses of 证书编号与模板. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'number_patterns'

export const numberPatternRoutes: RouteRecordRaw[] = [
  { path: 'number-patterns', name: menuKey, component: () => import('@/features/number-patterns/PatternsPage.vue'), meta: { title: '证书编号规则', menuKey } },
  {
    path: 'document-templates',
    name: 'document-templates',
    component: () => import('@/features/number-patterns/TemplatesPage.vue'),
    meta: { title: '文书模板', menuKey },
  },
]
