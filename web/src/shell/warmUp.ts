/** While somebody reads the first page, what most pages are made of comes along, so that a list on a slow line is there at once. */
import { onBeforeUnmount, onMounted } from 'vue'

const SECOND = 1000
const COMMON = [
  () => import('@/kit/ListPage.vue'),
  () => import('@/kit/ActionDialog.vue'),
  () => import('@/kit/RowActions.vue'),
  () => import('@/kit/StatusTag.vue'),
  () => import('@/api/vocabulary'),
]

export function useWarmUp(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  onMounted(() => {
    // Not every browser tells when it is idle; what fails to come now comes when it is needed.
    timer = setTimeout(() => void Promise.allSettled(COMMON.map((each) => each())), SECOND)
  })
  onBeforeUnmount(() => clearTimeout(timer))
}
