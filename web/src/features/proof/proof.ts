/** The proof of work (ALTCHA) that the browser finds for whoever cannot use the picture check (FAQ-M9). */
import { solveChallengeWorkers } from 'altcha-lib'

import { answered, api, type Schemas } from '@/api/client'
import { Problem } from '@/api/problem'

// An office PC has two cores to spare; more would only heat a phone.
const WORKERS = 2

/** Solves a challenge for one action; a second or two of work, more after failures from this address. Throws `Problem`. */
export async function makeProof(signal: AbortSignal, action: Schemas['Action']): Promise<string> {
  const challenge = await answered(api.GET('/api/auth/challenge', { params: { query: { action } }, signal }))
  const controller = new AbortController()
  signal.addEventListener('abort', () => controller.abort())
  const solution = await solveChallengeWorkers({
    challenge,
    controller,
    concurrency: WORKERS,
    createWorker: () => new Worker(new URL('./proof.worker.ts', import.meta.url), { type: 'module' }),
  })
  if (!solution) throw new Problem(0, 'proof_unsolved', '浏览器未能完成验证，请刷新页面后重试')
  return btoa(JSON.stringify({ challenge, solution }))
}
