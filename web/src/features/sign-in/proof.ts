/** The proof that signing in asks for (ALTCHA): fetched and solved while the person still types, fresh for every attempt. */
import { solveChallengeWorkers } from 'altcha-lib'

import { answered, api } from '@/api/client'
import { Problem } from '@/api/problem'

// An office PC has two cores to spare; more would only heat a phone.
const WORKERS = 2
const MARGIN_MS = 15_000

interface Proof {
  text: string
  expiresAt: number
}

async function makeProof(signal: AbortSignal): Promise<Proof> {
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
  return { text: btoa(JSON.stringify({ challenge, solution })), expiresAt: challenge.parameters.expiresAt * 1000 }
}

export interface ProofMaker {
  /** Begins one, unless one is being made or lies ready. */
  prepare: () => void
  /** The text of a proof, which counts as used from now on. Throws `Problem`. */
  take: () => Promise<string>
  stop: () => void
}

export function useProof(): ProofMaker {
  const controller = new AbortController()
  let pending: Promise<Proof> | null = null

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
    const proof = await ready?.catch(() => null)
    if (proof && proof.expiresAt - Date.now() > MARGIN_MS) return proof.text
    return (await makeProof(controller.signal)).text
  }

  return { prepare, take, stop: () => controller.abort() }
}
