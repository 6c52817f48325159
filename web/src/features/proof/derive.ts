/** The key derivation of a proof: the browser's own where it has one, else in script, because plain http on a local network has none. */
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { deriveKey as deriveNatively } from 'altcha-lib/algorithms/web/pbkdf2'
import type { DeriveKeyFunction } from 'altcha-lib/types'

export const deriveInScript: DeriveKeyFunction = async ({ cost, keyLength }, salt, password) => ({
  derivedKey: await pbkdf2Async(sha256, password, salt, { c: cost, dkLen: keyLength }),
})

/** `crypto.subtle` exists in secure contexts alone, whatever the types say. */
export const deriveKey: DeriveKeyFunction = globalThis.isSecureContext ? deriveNatively : deriveInScript
