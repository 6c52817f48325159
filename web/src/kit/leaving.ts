/** Before a page with something unsaved is left, by a link, by 重新登录, or by closing the window, it is asked once. */
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'

import { session } from '@/shell/session'

const guards = new Set<() => Promise<boolean>>()

/** Asks whatever has something unsaved. */
export async function mayLeave(): Promise<boolean> {
  for (const guard of guards) if (!(await guard())) return false
  return true
}

export interface Leaving {
  /** Whether the question is open. */
  asking: Ref<boolean>
  answer: (leave: boolean) => void
}

export function useLeaving(unsaved: Ref<boolean>): Leaving {
  const asking = ref(false)
  let decide: (leave: boolean) => void = () => undefined
  /** It was said that the page may be left; what follows is not asked again. */
  let agreed = false

  async function guard(): Promise<boolean> {
    // A session that was ended elsewhere has no choice; what was typed is kept.
    if (!unsaved.value || agreed || !session.me.value) return true
    asking.value = true
    agreed = await new Promise<boolean>((resolve) => (decide = resolve))
    asking.value = false
    return agreed
  }

  function warn(event: BeforeUnloadEvent): void {
    if (unsaved.value) event.preventDefault()
  }

  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate((to, from) => to.path === from.path || guard())
  guards.add(guard)
  window.addEventListener('beforeunload', warn)
  watch(unsaved, () => (agreed = false))
  onScopeDispose(() => {
    guards.delete(guard)
    window.removeEventListener('beforeunload', warn)
  })
  return { asking, answer: (leave) => decide(leave) }
}
