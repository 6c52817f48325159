/** Blocks of a page that are asked for one by one are shown at once, when the last has come: one that comes late pushes away those below it,
 * while somebody is about to press there. Who is inside says so by asking (kit/loading). */
import { hasInjectionContext, inject, onBeforeUnmount, onMounted, provide, readonly, ref, type InjectionKey, type Ref } from 'vue'

/** Longer than this nobody sits before an empty page because one block is slow. */
const PATIENCE = 2000
type Expect = (first: Promise<unknown>) => void
const EXPECT: InjectionKey<Expect> = Symbol('together')

/** Whether all that is inside has come, in success or failure; once it has, it stays so. `expect` is for what is not asked through `useLoaded`. */
export function useTogether(): { isThere: Readonly<Ref<boolean>>; expect: Expect } {
  const isThere = ref(false)
  let waiting = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const show = (): void => void (isThere.value = true)
  // What has come may have brought more to wait for: that is known once it is drawn.
  const look = (): void => void setTimeout(() => waiting || show())

  function expect(first: Promise<unknown>): void {
    const settled = (): void => {
      waiting -= 1
      look()
    }
    waiting += 1
    first.then(settled, settled)
  }
  provide(EXPECT, expect)
  onMounted(() => {
    timer = setTimeout(show, PATIENCE)
    look()
  })
  onBeforeUnmount(() => clearTimeout(timer))
  return { isThere: readonly(isThere), expect }
}

/** The page that waits for this block, if one does; called while the block is made. */
export function waitedFor(): Expect {
  return (hasInjectionContext() && inject(EXPECT, null)) || (() => undefined)
}
