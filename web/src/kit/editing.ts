/**
 * A few fields of a record in the hands of whoever corrects them, for pages whose record has no form definition: only what was touched is
 * sent; after 412 what others changed is shown, and what was typed stays and can be saved again (PLAT-03, BEY-08).
 */
import { computed, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { differencesBetween, type Difference } from '@/kit/differences'
import { dropTyped, keepTyped, keptTyped } from '@/kit/kept'
import { useProblems, type FormProblems } from '@/kit/problems'

const CHANGED = 412

export interface EditingOptions<R extends { version: number }, F extends object> {
  record: () => R
  /** What stands in the fields for this record. */
  formOf: (record: R) => F
  save: (changes: Partial<F>, record: R) => Promise<R>
  reload: (record: R) => Promise<R>
  /** Of the record's fields that are worth naming when others have changed them. */
  labels: Partial<Record<keyof R & string, string>>
  words?: (field: string, value: unknown) => string
  keptAs: string
}

export interface Editing<R, F> extends FormProblems {
  form: F
  base: ShallowRef<R>
  dirty: ComputedRef<boolean>
  meanwhile: ShallowRef<Difference[] | null>
  saved: Ref<boolean>
  /** What is said beside the button. */
  state: ComputedRef<string>
  save: () => Promise<boolean>
}

export function useEditing<R extends { version: number }, F extends object>(options: EditingOptions<R, F>): Editing<R, F> {
  const problems = useProblems()
  const base = shallowRef(options.record()) as ShallowRef<R>
  const form = reactive({ ...options.formOf(base.value), ...keptTyped(options.keptAs) }) as F
  const meanwhile = shallowRef<Difference[] | null>(null)
  const saved = ref(false)
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const changes = computed(() => {
    const before = options.formOf(base.value)
    const names = (Object.keys(before) as (keyof F)[]).filter((name) => !same(form[name], before[name]))
    return Object.fromEntries(names.map((name) => [name, form[name]])) as Partial<F>
  })
  const dirty = computed(() => Object.keys(changes.value).length > 0)
  /** It was typed before a session ended, or the page was left. */
  const restored = ref(dirty.value)
  const state = computed(() => {
    if (dirty.value) return restored.value ? '这里有您先前填写、还没有保存的内容' : '有未保存的修改'
    return saved.value ? '已保存' : '还没有修改'
  })

  /** What was not touched here is theirs. */
  function take(record: R): void {
    const typed = changes.value
    base.value = record
    Object.assign(form, options.formOf(record), typed)
  }

  watch(options.record, (record) => {
    if (!dirty.value) take(record)
  })
  watch(
    () => (dirty.value ? JSON.stringify(form) : ''),
    (typed) => (typed ? keepTyped(options.keptAs, JSON.parse(typed) as Record<string, unknown>) : dropTyped(options.keptAs)),
  )

  async function save(): Promise<boolean> {
    meanwhile.value = null
    const sent = changes.value
    saved.value = await problems.attempt(async () => {
      const now = await options.save(sent, base.value)
      restored.value = false
      base.value = now
      Object.assign(form, options.formOf(now))
    })
    if (problems.problem.value?.status === CHANGED) {
      await problems.attempt(async () => {
        const now = await options.reload(base.value)
        meanwhile.value = differencesBetween(base.value, now, options.labels, options.words)
        take(now)
      })
    }
    return saved.value
  }

  return { ...problems, form, base, dirty, meanwhile, saved, state, save }
}
