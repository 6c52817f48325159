/** While somebody reads the first page, what most pages are made of comes along, so that a list on a slow line is there at once. */
import { onBeforeUnmount, onMounted } from 'vue'

const SECOND = 1000

export function useWarmUp(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  onMounted(() => {
    // Not every browser tells when it is idle; what fails to come now comes when it is needed.
    timer = setTimeout(() => void import('@/kit/ListPage.vue').catch(() => undefined), SECOND)
  })
  onBeforeUnmount(() => clearTimeout(timer))
}
