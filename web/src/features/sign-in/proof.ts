/** The proof that signing in asks for (ALTCHA): fetched and solved while the person still types, fresh for every attempt. */
import { solveChallengeWorkers } from 'altcha-lib'

import { answered, api } from '@/api/client'
import { Problem } from '@/api/problem'

// An office PC has two cores to spare; more would only heat a phone.
const WORKERS = 2

async function makeProof(signal: AbortSignal): Promise<string> {
  const challenge = await answered(api.GET('/api/auth/challenge', { signal }))
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

export interface ProofMaker {
  /** Begins one, unless one is being made or lies ready. */
  prepare: () => void
  /** A proof, which counts as used from now on; it may have grown too old while it lay ready. Throws `Problem`. */
  take: () => Promise<string>
  stop: () => void
}

export function useProof(): ProofMaker {
  const controller = new AbortController()
  let pending: Promise<string> | null = null

  function prepare(): void {
    if (pending) return
    pending = makeProof(controller.signal)
    // Whoever takes it hears of the failure; until then nobody needs to.
    pending.catch(() => undefined)
  }

  async function take(): Promise<string> {
    prepare()
    const ready = pending
    pending = null
    return (await ready?.catch(() => null)) ?? makeProof(controller.signal)
  }

  return { prepare, take, stop: () => controller.abort() }
}
