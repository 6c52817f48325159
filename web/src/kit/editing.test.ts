import { effectScope } from 'vue'
import { expect, test } from 'vitest'

import { Problem } from '@/api/problem'
import { useEditing } from '@/kit/editing'
import { keepFor } from '@/kit/kept'

interface Unit {
  version: number
  name: string
  address: string
}

function edit(save: (changes: Partial<Unit>, unit: Unit) => Promise<Unit>, reload: () => Promise<Unit> = () => Promise.reject(new Error('none'))) {
  keepFor(String(Math.random()))
  const unit: Unit = { version: 1, name: '甲', address: '一路' }
  return effectScope().run(() =>
    useEditing<Unit, { name: string; address: string }>({
      record: () => unit,
      formOf: ({ name, address }) => ({ name, address }),
      save,
      reload,
      labels: { name: '名称', address: '地址' },
      keptAs: 'units/1',
    }),
  )!
}

test('only what was touched is sent, and then nothing is left to save', async () => {
  const sent: unknown[] = []
  const form = edit((changes, unit) => {
    sent.push(changes)
    return Promise.resolve({ ...unit, ...changes, version: 2 })
  })
  form.form.name = '乙'
  expect([form.dirty.value, form.state.value]).toEqual([true, '有未保存的修改'])
  expect(await form.save()).toBe(true)
  expect([sent, form.dirty.value, form.state.value]).toEqual([[{ name: '乙' }], false, '已保存'])
})

test('after 412 the others’ change is shown and taken, what was typed stays, and the second press goes through', async () => {
  const versions: number[] = []
  const form = edit(
    (changes, unit) => {
      versions.push(unit.version)
      if (unit.version === 1) return Promise.reject(new Problem(412, 'version_mismatch', '已被他人修改'))
      return Promise.resolve({ ...unit, ...changes, version: 3 })
    },
    () => Promise.resolve({ version: 2, name: '甲', address: '二路' }),
  )
  form.form.name = '乙'
  expect(await form.save()).toBe(false)
  expect(form.problem.value).toBe(null)
  expect(form.meanwhile.value?.map((each) => [each.label, each.before, each.now])).toEqual([['地址', '一路', '二路']])
  expect({ ...form.form }).toEqual({ name: '乙', address: '二路' })
  expect(await form.save()).toBe(true)
  expect(versions).toEqual([1, 2])
})
