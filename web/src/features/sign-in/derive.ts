/** The key derivation of a proof: the browser's own where it has one, else in script, because plain http on a local network has none. */
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { deriveKey as deriveNatively } from 'altcha-lib/algorithms/web/pbkdf2'
import type { ChallengeParameters, DeriveKeyResult } from 'altcha-lib/types'

export async function deriveInScript(
  parameters: ChallengeParameters,
  salt: Uint8Array,
  password: Uint8Array,
): Promise<DeriveKeyResult> {
  const derivedKey = await pbkdf2Async(sha256, password, salt, { c: parameters.cost, dkLen: parameters.keyLength })
  return { derivedKey }
}

/** `crypto.subtle` exists in secure contexts alone, whatever the types say. */
export const deriveKey: typeof deriveInScript = globalThis.isSecureContext ? deriveNatively : deriveInScript
