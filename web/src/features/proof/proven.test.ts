import { expect, test, vi } from 'vitest'

import { Problem } from '@/api/problem'
import { proven } from '@/features/proof/proven'

const field = (name: string) => ({ field: name, code: 'bad', message: `${name} 不对` })
const refused = (...fields: string[]) => new Problem(422, 'invalid_input', '填写的内容有误', fields.map(field))

test('what is wrong in the form is said before anybody is asked for a picture, and without a word about the proof', async () => {
  const ask = vi.fn<() => Promise<string>>()
  const post = () => Promise.reject(refused('phone', 'proof'))
  const problem: unknown = await proven('unlock', post, ask).catch((thrown: unknown) => thrown)
  expect((problem as Problem).errors.map((each) => each.field)).toEqual(['phone'])
  expect(ask).not.toHaveBeenCalled()
})

test('a proof that a refusal did not use up serves the next press', async () => {
  const ask = vi.fn(() => Promise.resolve('P'))
  const given: string[] = []
  const answers = [refused('proof'), refused('code'), 'done']
  const post = (proof: string) => {
    given.push(proof)
    const next = answers.shift()
    return next instanceof Problem ? Promise.reject(next) : Promise.resolve(next)
  }
  await expect(proven('recovery', post, ask)).rejects.toMatchObject({ errors: [{ field: 'code' }] })
  expect(await proven('recovery', post, ask)).toBe('done')
  expect(given).toEqual(['', 'P', 'P'])
  expect(ask).toHaveBeenCalledTimes(1)
})

test('one that was used up after all is asked for anew, and giving up sends nothing', async () => {
  const used = new Problem(422, 'proof_used', '验证已使用')
  const post = vi.fn(() => Promise.reject(used))
  expect(await proven('activation', post, () => Promise.resolve(null))).toBe(null)
  expect(post).toHaveBeenCalledTimes(1)
  await expect(proven('activation', post, () => Promise.resolve('P'))).rejects.toMatchObject({ code: 'proof_refused' })
})
