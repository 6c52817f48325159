/** Solves a challenge away from the page, which stays responsive meanwhile. */
import { handler } from 'altcha-lib/workers/shared'

import { deriveKey } from '@/features/proof/derive'

// The library asks for it; kernels before 93 have none (AUTH-21).
if (!('hasOwn' in Object)) {
  const has = Object.prototype.hasOwnProperty
  Object.defineProperty(Object, 'hasOwn', { value: (thing: object, key: PropertyKey) => has.call(thing, key) })
}

handler({ deriveKey })
