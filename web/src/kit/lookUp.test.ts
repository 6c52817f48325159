import { effectScope, ref } from 'vue'
import { expect, test } from 'vitest'

import { Problem } from '@/api/problem'
import { useLookUp } from '@/kit/lookUp'

/** Answers when the test says so. */
function slowly() {
  const open = new Map<string, (answer: string | Problem) => void>()
  const signals = new Map<string, AbortSignal>()
  const ask = (question: string, signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      signals.set(question, signal)
      open.set(question, (answer) => (typeof answer === 'string' ? resolve(answer) : reject(answer)))
    })
  return { open, signals, ask }
}

test('a late answer about an earlier question stands nowhere, and its asking is called off', async () => {
  const code = ref('A')
  const { open, signals, ask } = slowly()
  const look = effectScope().run(() => useLookUp(() => code.value, ask))!
  const first = look.look()
  code.value = 'B'
  expect(signals.get('A')?.aborted).toBe(true)
  const second = look.look()
  open.get('B')?.('about B')
  expect(await second).toBe('about B')
  open.get('A')?.('about A')
  expect(await first).toBe(null)
  expect(look.answer.value).toBe('about B')
})

test('an answer goes when the question becomes another, and comes back with it', async () => {
  const code = ref('A')
  const look = effectScope().run(() => useLookUp(() => code.value, (asked) => Promise.resolve(`about ${asked}`)))!
  await look.look()
  code.value = 'AB'
  expect([look.answer.value, look.problem.value]).toEqual([null, null])
  code.value = 'A'
  expect(look.answer.value).toBe('about A')
})

test('a refusal belongs to its question, too', async () => {
  const code = ref('A')
  const refuse = () => Promise.reject(new Problem(422, 'invalid_input', '校验位不符'))
  const look = effectScope().run(() => useLookUp(() => code.value, refuse))!
  expect(await look.look()).toBe(null)
  expect(look.problem.value?.message).toBe('校验位不符')
  code.value = 'B'
  expect(look.problem.value).toBe(null)
})
