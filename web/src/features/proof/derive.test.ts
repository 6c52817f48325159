import { deriveKey as deriveNatively } from 'altcha-lib/algorithms/web/pbkdf2'
import { expect, test } from 'vitest'

import { deriveInScript } from '@/features/proof/derive'

test('a proof found without crypto.subtle is the one that the browser would find', async () => {
  const parameters = { algorithm: 'PBKDF2/SHA-256', nonce: '00', salt: '00', cost: 1000, keyLength: 32, keyPrefix: '00' }
  const salt = Uint8Array.from([1, 2, 3, 4])
  const password = Uint8Array.from([9, 8, 7, 0, 0, 1, 44])
  const ours = await deriveInScript(parameters, salt, password)
  const theirs = await deriveNatively(parameters, salt, password)
  expect(ours.derivedKey).toEqual(theirs.derivedKey)
})
