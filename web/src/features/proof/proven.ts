/** Sends what takes a proof. What is wrong in the form is said before anybody is asked for one, and a proof that was not used up, because the
 * form was refused, serves the next press (AUTH-11, FAQ-M9). */
import type { Schemas } from '@/api/client'
import { Problem } from '@/api/problem'

type Action = Schemas['Action']
const PROOF = 'proof'
const spare = new Map<Action, string>()

/** Whether nothing but the proof was amiss. */
function lacksProof(problem: Problem): boolean {
  const { code, errors } = problem
  return code.startsWith('proof_') || (errors.length > 0 && errors.every((each) => each.field === PROOF))
}

function withoutProof(problem: Problem): Problem {
  const errors = problem.errors.filter((each) => each.field !== PROOF)
  return new Problem(problem.status, problem.code, problem.message, errors, problem.extra)
}

/** What `post` gives, or null when the person gave up. `ask` gets a proof: by a picture, or by the browser's own work. Throws `Problem`. */
export async function proven<T>(action: Action, post: (proof: string) => Promise<T>, ask: (action: Action) => Promise<string | null>): Promise<T | null> {
  async function sent(proof: string): Promise<{ answer: T } | null> {
    try {
      return { answer: await post(proof) }
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown
      if (lacksProof(thrown)) return null
      if (proof) spare.set(action, proof)
      throw withoutProof(thrown)
    }
  }

  const before = spare.get(action) ?? ''
  spare.delete(action)
  const first = await sent(before)
  if (first) return first.answer
  const proof = await ask(action)
  if (!proof) return null
  const second = await sent(proof)
  if (!second) throw new Problem(422, 'proof_refused', '安全验证没有通过，请再试一次')
  return second.answer
}
