/** Solves a challenge away from the page, which stays responsive meanwhile. */
import { handler } from 'altcha-lib/workers/shared'

import { deriveKey } from '@/features/proof/derive'

handler({ deriveKey })
