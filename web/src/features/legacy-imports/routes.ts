/** The addresses of 旧系统数据导入, and of the rows that an office sees of it. */
import type { RouteRecordRaw } from 'vue-router'

const imports = 'legacy_imports'
const rows = 'legacy_rows'

export const legacyImportRoutes: RouteRecordRaw[] = [
  { path: 'legacy-imports', name: 'legacy_imports', component: () => import('@/features/legacy-imports/LegacyImportList.vue'), meta: { title: '旧系统数据导入', menuKey: imports } },
  {
    path: 'legacy-imports/:id',
    name: 'legacy-import',
    component: () => import('@/features/legacy-imports/LegacyImportPage.vue'),
    props: true,
    meta: { title: '旧系统数据导入', menuKey: imports },
  },
  { path: 'legacy-rows', name: 'legacy_rows', component: () => import('@/features/legacy-imports/LegacyRowList.vue'), meta: { title: '旧系统数据', menuKey: rows } },
]
