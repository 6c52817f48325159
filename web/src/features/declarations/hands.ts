/** In whose hands a declaration is: its employer's own, or those of the head of its group (BEY-17). */
import type { RouteLocationRaw } from 'vue-router'

import { change, check, keepFiles, readDeclaration, type Changes, type Checked, type Declaration } from '@/features/declarations/declaration'

export interface Hands {
  read: (signal?: AbortSignal) => Promise<Declaration>
  /** The whole as it would be with `given` in the place of what is stored. */
  check: (record: Declaration, given: Changes, signal?: AbortSignal) => Promise<Checked>
  change: (record: Declaration, changes: Changes) => Promise<Declaration>
  page: RouteLocationRaw
  form: (section: string) => RouteLocationRaw
  /** What only the employer itself has: the files, and what differs from its last approved one. */
  own: { keepFiles: typeof keepFiles } | null
}

export function ownHands(id: string): Hands {
  return {
    read: (signal) => readDeclaration(id, signal),
    check: (_, given, signal) => check(id, given, signal),
    change,
    page: { name: 'declaration', params: { id } },
    form: (section) => ({ name: 'declaration-form', params: { id, section } }),
    own: { keepFiles },
  }
}
