/** The addresses of 申报审核 and 复核指令. */
import type { RouteRecordRaw } from 'vue-router'

const desk = 'declaration_reviews'
const orders = 'review_orders'

export const declarationReviewRoutes: RouteRecordRaw[] = [
  { path: 'declaration-reviews', name: 'declaration_reviews', component: () => import('@/features/declaration-reviews/ReviewList.vue'), meta: { title: '申报审核', menuKey: desk } },
  {
    path: 'declaration-reviews/:id',
    name: 'declaration-review',
    component: () => import('@/features/declaration-reviews/ReviewPage.vue'),
    props: true,
    meta: { title: '申报审核', menuKey: desk },
  },
  { path: 'review-orders', name: 'review_orders', component: () => import('@/features/declaration-reviews/OrderList.vue'), meta: { title: '复核指令', menuKey: orders } },
]
