import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'

import { Problem } from '@/api/problem'
import { type Definition, type Field, type Sent, type Values } from '@/kit/forms'
import { keepFor, keptTyped } from '@/kit/kept'
import { useRecordForm, type Checked, type RecordFormOptions, type RecordFormState } from '@/kit/recordForm'

const PLAIN = { required: false, kept: false, help: '', kind: 'text', choices: [], own_words: false, masked: false, apart: false }
const FIELDS: Field[] = [
  { ...PLAIN, name: 'name', label: '姓名', required: true },
  { ...PLAIN, name: 'post', label: '岗位' },
]
const DEFINITION: Definition = { sections: [{ title: '基本信息', fields: FIELDS }], tables: [] }
const BASE: Values = { name: '甲', post: '' }
const FINE: Checked = { errors: [], hints: [], required_now: ['name'] }

let scope: EffectScope
let sent: Sent[]

function begin(more: Partial<RecordFormOptions> = {}): RecordFormState {
  scope = effectScope()
  const options: RecordFormOptions = {
    definition: DEFINITION,
    base: BASE,
    check: () => Promise.resolve(FINE),
    save: (changes) => {
      sent.push(changes)
      return Promise.resolve({ ...BASE, ...changes } as Values)
    },
    autosave: false,
    keptAs: 'people/1',
    dictionaries: () => ({}),
    ...more,
  }
  return scope.run(() => useRecordForm(options))!
}

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  keepFor('')
  keepFor('unit01')
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

const settle = () => vi.advanceTimersByTimeAsync(500)

test('what differs is sent, and then nothing does', async () => {
  const form = begin()
  form.values['post'] = '体检'
  expect(form.dirty.value).toBe(true)
  expect(await form.save()).toBe(true)
  expect(sent).toEqual([{ post: '体检' }])
  expect(form.dirty.value).toBe(false)
  expect(form.savedAt.value).toMatch(/^\d\d:\d\d$/)
})

test('what is typed while it is saved stays, and is unsaved', async () => {
  let finish: (values: Values) => void = () => undefined
  const form = begin({ save: () => new Promise((resolve) => (finish = resolve)) })
  form.values['post'] = '体检'
  const saving = form.save()
  form.values['post'] = '体检科'
  finish({ name: '甲', post: '体检' })
  await saving
  expect(form.values).toEqual({ name: '甲', post: '体检科' })
  expect(form.dirty.value).toBe(true)
})

test('the check says what is wrong and which stars there are', async () => {
  const wrong: Checked = { errors: [{ field: 'post', code: 'x', message: '太长' }], hints: [{ field: 'name', code: 'y', message: '少见' }], required_now: ['name', 'post'] }
  const form = begin({ check: () => Promise.resolve(wrong) })
  expect([...form.required.value]).toEqual(['name'])
  await settle()
  expect([...form.required.value]).toEqual(['name', 'post'])
  expect(form.errorOf('post')).toBe('太长')
  expect(form.hintOf('name')).toBe('少见')
})

test('a refusal stands at its field until the field is another', async () => {
  const refused = new Problem(422, 'invalid_input', '请更正', [{ field: 'name', code: 'x', message: '必填' }])
  const form = begin({ save: () => Promise.reject(refused) })
  form.values['name'] = ''
  expect(await form.save()).toBe(false)
  expect(form.errorOf('name')).toBe('必填')
  expect(form.stands('name')).toBe(true)
  form.values['name'] = '乙'
  expect(form.errorOf('name')).toBeUndefined()
  // The summary names what is still wrong, and what belongs to no field of the form.
  expect(form.stands('name')).toBe(false)
  expect(form.stands('attachment_ids')).toBe(true)
})

test('after somebody faster, theirs is shown and mine is kept', async () => {
  const form: RecordFormState = begin({
    save: () => Promise.reject(new Problem(412, 'version_mismatch', '已被修改')),
    reload: () => {
      const now = { name: '丙', post: '检验' }
      form.rebase(now)
      return Promise.resolve(now)
    },
  })
  form.values['name'] = '乙'
  expect(await form.save()).toBe(false)
  expect(form.values).toEqual({ name: '乙', post: '检验' })
  expect(form.meanwhile.value?.map((each) => [each.label, each.before, each.now])).toEqual([
    ['姓名', '甲', '丙'],
    ['岗位', '', '检验'],
  ])
  expect(form.problem.value).toBeNull()
})

test('by itself it saves what is right and leaves what is wrong', async () => {
  const check = (given: Sent) =>
    Promise.resolve({ ...FINE, errors: given['name'] === '!' ? [{ field: 'name', code: 'x', message: '不是姓名' }] : [] })
  const form = begin({ autosave: true, check })
  form.values['name'] = '!'
  form.values['post'] = '体检'
  await settle()
  expect(sent).toEqual([{ post: '体检' }])
  form.values['name'] = '乙'
  await settle()
  expect(sent).toEqual([{ post: '体检' }, { name: '乙' }])
  await settle()
  expect(sent).toHaveLength(2)
})

test('one that saves itself does so once more when its page is left in the middle of a word', async () => {
  const form = begin({ autosave: true })
  form.values['post'] = '体检'
  scope.stop()
  await settle()
  expect(sent).toEqual([{ post: '体检' }])
  expect(keptTyped('people/1')).toBeUndefined()
})

test('what was typed outlives the page, not its saving and not its account', async () => {
  begin().values['post'] = '体检'
  scope.stop()
  const again = begin()
  expect(again.values['post']).toBe('体检')
  expect(again.restored.value).toBe(true)
  await again.save()
  scope.stop()
  expect(begin().restored.value).toBe(false)
  scope.stop()

  begin().values['post'] = '体检'
  scope.stop()
  keepFor('unit02')
  expect(keptTyped('people/1')).toBeUndefined()
})
