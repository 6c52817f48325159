/** A declaration while it is filled in: saved part by part in turn, each from the version that the one before it left, and checked as
 * a whole after each (BEY-08, PLAT-03). */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import type { Changes, Checked, Declaration, Found } from '@/features/declarations/declaration'
import type { Hands } from '@/features/declarations/hands'
import { beijingClock } from '@/kit/beijing'
import { dropTyped, keepTyped, keptTyped } from '@/kit/kept'

export interface Editing {
  hands: Hands
  record: ShallowRef<Declaration>
  checked: ShallowRef<Checked | null>
  problems: ComputedRef<readonly Found[]>
  savedAt: Ref<string>
  save: (changes: Changes) => Promise<Declaration>
  reload: () => Promise<Declaration>
  /** Checks the whole with what is being typed in the place of what is stored. */
  look: (given: Changes, signal?: AbortSignal) => Promise<Checked>
}
export const EDITING: InjectionKey<Editing> = Symbol('declaration')

export function useEditing(first: Declaration, hands: Hands): Editing {
  const record = shallowRef(first)
  const checked = shallowRef<Checked | null>(null)
  const savedAt = ref('')
  let turn: Promise<unknown> = Promise.resolve()
  let asked = 0

  async function look(given: Changes, signal?: AbortSignal): Promise<Checked> {
    const mine = (asked += 1)
    const answer = await hands.check(record.value, given, signal)
    if (mine === asked) checked.value = answer
    return answer
  }

  function save(changes: Changes): Promise<Declaration> {
    const mine = turn.then(async () => {
      record.value = await hands.change(record.value, changes)
      savedAt.value = beijingClock()
      look({}).catch(() => undefined)
      return record.value
    })
    turn = mine.catch(() => undefined)
    return mine
  }

  async function reload(): Promise<Declaration> {
    record.value = await hands.read()
    look({}).catch(() => undefined)
    return record.value
  }

  look({}).catch(() => undefined)
  const problems = computed(() => checked.value?.problems ?? record.value.problems)
  return { hands, record, checked, problems, savedAt, save, reload, look }
}

const PAUSE = 500

export interface KeptRows<T> {
  shown: Ref<T>
  dirty: ComputedRef<boolean>
  problem: ShallowRef<Problem | null>
  /** Somebody else was faster; what is here is still one's own. */
  clash: Ref<boolean>
  discard: () => void
  keep: () => Promise<void>
}

/** Rows that save themselves after each pause. */
export function useKeptRows<T>(editing: Editing, name: string, read: (record: Declaration) => T, sent: (shown: T) => unknown): KeptRows<T> {
  const base = computed(() => read(editing.record.value))
  const same = (one: T, other: T) => JSON.stringify(sent(one)) === JSON.stringify(sent(other))
  const keptAs = `declarations/${editing.record.value.id}/${name}`
  const before = keptTyped(keptAs)?.[name]
  const copy = (from: T) => JSON.parse(JSON.stringify(from)) as T
  const shown = ref(typeof before === 'string' ? (JSON.parse(before) as T) : copy(base.value)) as Ref<T>
  const problem = shallowRef<Problem | null>(null)
  const clash = ref(false)
  const dirty = computed(() => !same(shown.value, base.value))
  let timer: ReturnType<typeof setTimeout> | undefined

  async function keep(): Promise<void> {
    clearTimeout(timer)
    if (!dirty.value) return
    try {
      await editing.save({ [name]: sent(shown.value) })
      problem.value = null
      clash.value = false
    } catch (thrown) {
      problem.value = asProblem(thrown)
      clash.value = problem.value.status === 412
      if (clash.value) await editing.reload().catch(() => undefined)
    }
  }

  watch(
    () => JSON.stringify(sent(shown.value)),
    () => {
      clearTimeout(timer)
      if (dirty.value) {
        keepTyped(keptAs, { [name]: JSON.stringify(shown.value) })
        timer = setTimeout(() => void keep(), PAUSE)
      } else dropTyped(keptAs)
    },
  )
  // Untouched rows take over what the record has now.
  watch(base, (now, then) => {
    if (same(shown.value, then) && !same(now, then)) shown.value = copy(now)
    if (!dirty.value) dropTyped(keptAs)
  })
  onScopeDispose(() => void keep())
  return { shown, dirty, problem, clash, keep, discard: () => ((shown.value = copy(base.value)), (clash.value = false)) }
}
