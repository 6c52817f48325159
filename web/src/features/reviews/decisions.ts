/** What was just decided on the desk. A decision goes out while the next registration is already there; the bar says what became of it, and
 * takes it back for as long as the API does (BEY-11). */
import { shallowRef, type ShallowRef } from 'vue'

import { act, type Given } from '@/api/acting'
import { asProblem } from '@/api/problem'
import { actionOf, readAhead, type Action, type Review } from '@/features/reviews/desk'
import type { Wanted } from '@/features/reviews/list'

export const UNDO = 'undo_review'

export interface Decided {
  id: string
  name: string
  /** 审核通过, 退回. */
  label: string
  state: 'sent' | 'done' | 'failed'
  reason: string
  undo: Action | undefined
  undoUntil: string | null
}

export interface Decisions {
  last: ShallowRef<Decided | null>
  /** Status by registration, as the queue beside the desk shows it. */
  known: ShallowRef<ReadonlyMap<string, { label: string; colour: string }>>
  decide: (review: Review, action: Action, given: Given) => Promise<boolean>
  /** Takes the last one back; its id when that went well. */
  undo: () => Promise<string | undefined>
  note: (review: Review) => void
}

export function useDecisions(wanted: () => Wanted): Decisions {
  const last = shallowRef<Decided | null>(null)
  const known = shallowRef<ReadonlyMap<string, { label: string; colour: string }>>(new Map())

  function note({ registration }: Review): void {
    known.value = new Map(known.value).set(registration.registration_id, { label: registration.status_label, colour: registration.colour })
  }

  /** Another decision may have come meanwhile; it is the last one then. */
  function say(decided: Decided): void {
    if (!last.value || last.value.id === decided.id || decided.state !== 'done') last.value = decided
  }

  async function decide(review: Review, action: Action, given: Given): Promise<boolean> {
    const { registration_id: id, name } = review.registration
    const decided: Decided = { id, name, label: action.label, state: 'sent', reason: '', undo: undefined, undoUntil: null }
    last.value = decided
    try {
      await act(action, given)
    } catch (thrown) {
      const problem = asProblem(thrown)
      say({ ...decided, state: 'failed', reason: problem.errors[0]?.message ?? problem.message })
      return false
    }
    say({ ...decided, state: 'done' })
    try {
      const now = await readAhead(id, wanted())
      note(now)
      say({ ...decided, state: 'done', undo: actionOf(now, UNDO), undoUntil: now.undo_until })
    } catch {
      // It is decided all the same; whoever wants it back opens it.
    }
    return true
  }

  async function undo(): Promise<string | undefined> {
    const decided = last.value
    if (decided?.state !== 'done' || !decided.undo?.allowed) return undefined
    try {
      await act(decided.undo, {})
    } catch (thrown) {
      last.value = { ...decided, state: 'failed', label: decided.undo.label, reason: asProblem(thrown).message }
      return undefined
    }
    last.value = null
    return decided.id
  }

  return { last, known, decide, undo, note }
}
