/** A member's declaration in the hands of its head (BEY-17). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Changes, Checked, Declaration } from '@/features/declarations/declaration'
import type { Hands } from '@/features/declarations/hands'

const at = (id: string) => ({ path: { member_id: id } })

function read(id: string, signal?: AbortSignal): Promise<Declaration> {
  return answered(api.GET('/api/declaration/group-members/{member_id}/declaration', { params: at(id), ...(signal ? { signal } : {}) }))
}

/** Null while the branch has none that could be shown. */
export async function readIfAny(id: string, signal: AbortSignal): Promise<Declaration | null> {
  try {
    return await read(id, signal)
  } catch (thrown) {
    if (asProblem(thrown).code === 'no_open_declaration') return null
    throw thrown
  }
}

export function check(id: string, given: Changes, signal?: AbortSignal): Promise<Checked> {
  const body = given as Record<string, never>
  return answered(api.POST('/api/declaration/group-members/{member_id}/declaration/check', { params: at(id), body, ...(signal ? { signal } : {}) }))
}

export function begin(id: string, given: Changes): Promise<Declaration> {
  const body = given as unknown as Schemas['DeclarationCreate']
  return answered(api.POST('/api/declaration/group-members/{member_id}/declaration', { params: at(id), body, headers: once() }))
}

/** What stands as the head is shown it is what is stored, though it may be shown masked: only what is typed is judged anew. */
function typedOf(record: Declaration, given: Changes): Changes {
  const shown = record as unknown as Changes
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(shown[name])))
}

export function headHands(id: string): Hands {
  return {
    read: (signal) => read(id, signal),
    check: (record, given, signal) => check(id, typedOf(record, given), signal),
    change: (record, changes) => {
      const body = changes as unknown as Schemas['DeclarationUpdate']
      return answered(api.PATCH('/api/declaration/group-members/{member_id}/declaration', { params: at(id), body, headers: since(record) }))
    },
    page: { name: 'declaration-group-member', params: { id } },
    form: (section) => ({ name: 'declaration-group-form', params: { id, section } }),
    own: null,
  }
}
