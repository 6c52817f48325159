/** An application is kept while it is typed: with the API once it is there, and before that in this tab, without anything about the person. */
import { effectScope, onBeforeUnmount, shallowRef, watch } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import type { OwnApplication } from '@/features/applications/application'
import { useDraft } from '@/kit/drafts'

const PAUSE = 1000

/** `names` are the fields of the unit's part. */
export function useKeeping(application: OwnApplication, names: () => string[]) {
  const { answers, own } = application
  const trouble = shallowRef<Problem | null>(null)
  const beginning = effectScope()
  const draft = own.value ? null : beginning.run(() => useDraft('application', answers, names()))
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(answers, () => {
    hold()
    if (own.value) timer = setTimeout(() => void keep(), PAUSE)
  })
  onBeforeUnmount(hold)

  /** What is sent next has it all. */
  function hold(): void {
    clearTimeout(timer)
  }

  async function keep(): Promise<void> {
    hold()
    try {
      await application.save()
      trouble.value = null
    } catch (thrown) {
      trouble.value = asProblem(thrown)
    }
  }

  async function create(proof: string): Promise<void> {
    await application.create(proof)
    draft?.forget()
    beginning.stop()
  }

  return { trouble, hold, keep, create }
}
