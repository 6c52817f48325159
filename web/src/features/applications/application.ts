/** One application in the hands of whoever makes it: its answers, kept by the API as they are typed (BEY-08), what is wrong with them, and
 * what can be done with it. Its key goes with every call. */
import { reactive, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { answered, api, type Schemas } from '@/api/client'
import type { FieldProblem } from '@/api/problem'
import { allFields, answerIn, isBlank, type Answers, type Definition } from '@/features/applications/form'
import { keep, keyOf } from '@/kit/keys'
import { beijingTime } from '@/kit/beijing'

type Own = Schemas['OwnApplicationRead']
/** What is asked about the unit is counted by the API, so it is asked again only when its code is another. */
const COUNTED = 'credit_code'

export interface OwnApplication {
  answers: Answers
  own: ShallowRef<Own | null>
  /** What is wrong with what was typed, and what is worth a thought. */
  errors: ShallowRef<FieldProblem[]>
  hints: ShallowRef<FieldProblem[]>
  savedAt: Ref<string>
  fill: (draft: Schemas['ApplicationDraft']) => void
  create: (proof: string) => Promise<void>
  load: (number: string) => Promise<void>
  /** Checks everything and keeps what is right. Throws `Problem`. */
  save: () => Promise<void>
  /** For the calls that are the pages' own. */
  params: () => { path: { number: string }; header: { 'X-Applicant-Key': string } }
  take: (read: Own) => void
  setVersion: (version: number, revision: number) => void
}

export function useOwnApplication(definition: Definition): OwnApplication {
  const fields = allFields(definition)
  const answers = reactive<Answers>({})
  const own = shallowRef<Own | null>(null)
  const errors = shallowRef<FieldProblem[]>([])
  const hints = shallowRef<FieldProblem[]>([])
  const savedAt = ref('')
  /** As the API has them, to send only what has changed. */
  let kept: Record<string, string> = {}
  let countedFor = ''
  let running: Promise<void> | null = null
  fill({})
  kept = written()

  function written(): Record<string, string> {
    return Object.fromEntries(fields.map(({ name }) => [name, JSON.stringify(answers[name])]))
  }

  function fill(draft: Schemas['ApplicationDraft']): void {
    for (const field of fields) answers[field.name] = answerIn(draft, field)
  }

  function params(): ReturnType<OwnApplication['params']> {
    const number = own.value?.number ?? ''
    return { path: { number }, header: { 'X-Applicant-Key': keyOf(number) } }
  }

  function take(read: Own): void {
    own.value = read
  }

  async function load(number: string): Promise<void> {
    const header = { 'X-Applicant-Key': keyOf(number) }
    const read = await answered(api.GET('/api/auth/applications/by-number/{number}/form', { params: { path: { number }, header } }))
    take(read)
    fill(read.form)
    kept = written()
    hints.value = read.hints
    errors.value = []
    countedFor = ''
    savedAt.value = ''
  }

  async function create(proof: string): Promise<void> {
    const made = await answered(api.POST('/api/auth/applications', { body: { proof, form: {} } }))
    keep(made.number, made.key)
    const typed = { ...answers }
    await load(made.number)
    Object.assign(answers, typed)
  }

  /** Gives the answers that are wrong. */
  async function check(): Promise<Set<string>> {
    const counted = JSON.stringify(answers[COUNTED])
    const again = counted === countedFor
    const given = fields.filter(({ name }) => !isBlank(answers[name]) && !(again && name === COUNTED))
    const body = Object.fromEntries(given.map(({ name }) => [name, answers[name]]))
    const found = await answered(api.POST('/api/auth/applications/by-number/{number}/check', { params: params(), body }))
    const before = (list: FieldProblem[]) => (again ? list.filter((each) => each.field === COUNTED) : [])
    errors.value = [...found.errors, ...before(errors.value)]
    hints.value = [...found.hints, ...before(hints.value)]
    countedFor = counted
    return new Set(errors.value.map((each) => each.field))
  }

  async function saveNow(): Promise<void> {
    if (!own.value) return
    const wrong = await check()
    const now = written()
    const changed = fields.map((each) => each.name).filter((name) => !wrong.has(name) && now[name] !== kept[name])
    if (!changed.length) return
    // The names are the definition's, which the API made of this very body.
    const body = Object.fromEntries(changed.map((name) => [name, answers[name]])) as Schemas['ApplicationDraft']
    const headers = { 'If-Match': `"${own.value.version}"` }
    take(await answered(api.PATCH('/api/auth/applications/by-number/{number}/form', { params: params(), body, headers })))
    for (const name of changed) kept[name] = now[name] ?? ''
    savedAt.value = beijingTime(new Date().toISOString()).slice(-5)
  }

  async function save(): Promise<void> {
    // One after another: each needs the version that the one before has made.
    while (running) await running.catch(() => undefined)
    running = saveNow()
    try {
      await running
    } finally {
      running = null
    }
  }

  function setVersion(version: number, revision: number): void {
    if (own.value) own.value = { ...own.value, version, form_revision: revision }
  }

  return { answers, own, errors, hints, savedAt, fill, create, load, save, params, take, setVersion }
}
