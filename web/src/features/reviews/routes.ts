/** The addresses of 报名审核: the queue, and one registration on the desk under the queue's filters. */
import type { RouteRecordRaw } from 'vue-router'

const menuKey = 'reviews'

export const reviewRoutes: RouteRecordRaw[] = [
  { path: 'reviews', name: menuKey, component: () => import('@/features/reviews/ReviewList.vue'), meta: { title: '报名审核', menuKey } },
  {
    path: 'reviews/:id',
    name: 'review',
    component: () => import('@/features/reviews/ReviewDesk.vue'),
    props: true,
    meta: { title: '报名审核', menuKey },
  },
]
