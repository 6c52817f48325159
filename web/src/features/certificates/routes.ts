/** The addresses of 证书. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'certificates'

export const certificateRoutes: RouteRecordRaw[] = [
  { path: 'certificates', name: menuKey, component: () => import('@/features/certificates/CertificateList.vue'), meta: { title: '证书', menuKey } },
  {
    path: 'certificates/:certificateId',
    name: 'certificate',
    component: () => import('@/features/certificates/CertificatePage.vue'),
    props: true,
    meta: { title: '证书', menuKey },
  },
]
