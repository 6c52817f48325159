/** A record in the hands of whoever fills in its form: what was typed over what the API has, what is wrong with it, and its saving. */
import { computed, onScopeDispose, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import type { Schemas } from '@/api/client'
import { asProblem, type FieldProblem, type Problem } from '@/api/problem'
import { beijingClock } from '@/kit/beijing'
import { useDraftAtApi } from '@/kit/draftsAtApi'
import { differencesBetween, type Difference } from '@/kit/differences'
import { dropTyped, keepTyped, keptTyped } from '@/kit/kept'
import {
  fieldsOf,
  isSame,
  isShown,
  labelsOf,
  rebased,
  sentOf,
  wordsOf,
  type Definition,
  type Dictionaries,
  type Sent,
  type Values,
} from '@/kit/forms'

export type Checked = Schemas['RecordFormCheckRead']
const PAUSE = 400

export interface RecordFormOptions {
  definition: Definition
  /** What the API has; blank for a record that is not there yet. */
  base: Values
  check: (given: Sent, signal: AbortSignal) => Promise<Checked>
  /** Sends what is another than in the record; gives what the record holds then. Throws `Problem`. */
  save: (changes: Sent) => Promise<Values>
  /** What the record holds now, after somebody was faster (412). */
  reload?: () => Promise<Values>
  /** Keeps what is right by itself, field by field, as one types. */
  autosave: boolean
  /** Under which name what was typed is kept in this tab until it is saved. */
  keptAs: string
  /** The name under which the API keeps what is typed for a record that does not exist yet; none for one that does. */
  draftAs?: string | undefined
  dictionaries: () => Dictionaries
}

export interface RecordFormState {
  values: Values
  dirty: ComputedRef<boolean>
  busy: Ref<boolean>
  required: ComputedRef<ReadonlySet<string>>
  problem: ShallowRef<Problem | null>
  meanwhile: ShallowRef<Difference[] | null>
  savedAt: Ref<string>
  /** When what is typed was kept as a draft, and why it is not any more. */
  draft: { savedAt: Ref<string>; trouble: Ref<string> } | undefined
  restored: Ref<boolean>
  errorOf: (name: string) => string | undefined
  /** Whether what was refused there has not been mended since. */
  stands: (name: string) => boolean
  hintOf: (name: string) => string | undefined
  save: () => Promise<boolean>
  discard: () => void
  /** The record was changed beside this form. */
  rebase: (next: Values) => void
}

/** What is wrong in a field, or in one of the several things that were chosen in it. */
function errorsAt(errors: readonly FieldProblem[] | undefined, name: string): FieldProblem[] {
  return errors?.filter((each) => each.field === name || each.field.startsWith(`${name}.`)) ?? []
}

export function useRecordForm(options: RecordFormOptions): RecordFormState {
  const { definition } = options
  const fields = fieldsOf(definition)
  const base = shallowRef<Values>(options.base)
  const before = keptTyped(options.keptAs) as Values | undefined
  const values = reactive<Values>({ ...options.base, ...before })
  const checked = shallowRef<Checked | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const refusedWith = shallowRef<Values>({})
  const meanwhile = shallowRef<Difference[] | null>(null)
  const savedAt = ref('')
  const busy = ref(false)
  const dirty = computed(() => fields.some((field) => isShown(field, values) && !isSame(values[field.name], base.value[field.name])))
  const restored = ref(before !== undefined && dirty.value)
  const draft = options.draftAs ? useDraftAtApi(options.draftAs) : undefined
  const starred = new Set(fields.filter((field) => field.required).map((field) => field.name))
  const required = computed(() => (checked.value ? new Set(checked.value.required_now) : starred))
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = new AbortController()
  let checkedWith: Values = {}

  async function check(): Promise<void> {
    asking.abort()
    const mine = new AbortController()
    asking = mine
    const looked = { ...values }
    try {
      const answer = await options.check(sentOf(definition, values), mine.signal)
      if (mine.signal.aborted) return
      checked.value = answer
      checkedWith = looked
    } catch {
      // Nothing is lost by a check that did not come: saving says what is wrong, and whether the network is gone.
      return
    }
    if (options.autosave) await save()
  }

  function errorOf(name: string): string | undefined {
    // A refusal holds for what was sent; from the next letter on, the check says what is wrong.
    const refused = isSame(values[name], refusedWith.value[name]) ? errorsAt(problem.value?.errors, name) : []
    const all = refused.length ? refused : errorsAt(checked.value?.errors, name)
    return [...new Set(all.map((each) => each.message))].join('；') || undefined
  }

  function stands(name: string): boolean {
    const field = fields.find((each) => name === each.name || name.startsWith(`${each.name}.`))
    return !field || errorOf(field.name) !== undefined
  }

  function hintOf(name: string): string | undefined {
    return checked.value?.hints.find((each) => each.field === name)?.message
  }

  function take(next: Values): void {
    Object.assign(values, rebased(values, base.value, next))
    base.value = next
  }

  function differences(before: Values, next: Values): Difference[] {
    const byName = new Map(fields.map((field) => [field.name, field]))
    const words = (name: string, value: unknown) => wordsOf(byName.get(name), value, options.dictionaries())
    return differencesBetween(before, next, labelsOf(definition), words)
  }

  function rebase(next: Values): void {
    const clashes = fields.some(({ name }) => !isSame(values[name], base.value[name]) && !isSame(next[name], base.value[name]))
    if (clashes && !busy.value) meanwhile.value = differences(base.value, next)
    take(next)
  }

  async function showMeanwhile(): Promise<void> {
    if (!options.reload) return
    // Who reloads hands the record on, and it is taken in at once.
    const before = base.value
    const now = await options.reload()
    meanwhile.value = differences(before, now)
    take(now)
    problem.value = null
  }

  function changes(): Sent {
    const all = sentOf(definition, values, base.value)
    if (!options.autosave) return all
    // By itself only what was looked at and found right is saved.
    const right = (name: string) => isSame(values[name], checkedWith[name]) && !errorsAt(checked.value?.errors, name).length
    return Object.fromEntries(Object.entries(all).filter(([name]) => right(name)))
  }

  async function save(): Promise<boolean> {
    if (busy.value) return false
    const news = changes()
    if (options.autosave && !Object.keys(news).length) return true
    busy.value = true
    problem.value = null
    meanwhile.value = null
    const pressedWith = { ...values }
    try {
      const now = await options.save(news)
      // What was typed while it was on its way is newer than what came back.
      const sent = Object.fromEntries(Object.keys(now).map((name) => [name, name in news ? pressedWith[name] : base.value[name]])) as Values
      base.value = sent
      take(now)
      savedAt.value = beijingClock()
      restored.value = false
      if (!dirty.value) dropTyped(options.keptAs)
      if (draft) await draft.drop()
      else if (options.autosave) void check()
      return true
    } catch (thrown) {
      problem.value = asProblem(thrown)
      refusedWith.value = pressedWith
      if (problem.value.status === 412) await showMeanwhile().catch((again) => (problem.value = asProblem(again)))
      return false
    } finally {
      busy.value = false
    }
  }

  function discard(): void {
    Object.assign(values, base.value)
    problem.value = null
    restored.value = false
    void draft?.drop()
  }

  async function bringDraft(): Promise<void> {
    const typed = await draft?.load()
    // What this tab still knows, or was typed meanwhile, is newer; a field that the form has no more is let go.
    if (!typed || dirty.value) return
    const known = Object.entries(typed).filter(([name, value]) => name in values && (typeof value === 'string' || Array.isArray(value)))
    Object.assign(values, Object.fromEntries(known))
    restored.value = dirty.value
  }

  watch(
    () => JSON.stringify(values),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void check(), PAUSE)
    },
  )
  watch(
    () => (dirty.value ? JSON.stringify(values) : ''),
    (typed) => {
      if (typed) keepTyped(options.keptAs, values)
      else dropTyped(options.keptAs)
      if (typed && !busy.value) draft?.keep(values)
    },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asking.abort()
    if (!dirty.value) return
    // A page can end in the middle of a word; one that saves itself does so once more.
    keepTyped(options.keptAs, values)
    if (options.autosave) void check()
  })
  void check()
  void bringDraft()

  return { values, dirty, draft, busy, required, problem, meanwhile, savedAt, restored, errorOf, stands, hintOf, save, discard, rebase }
}
