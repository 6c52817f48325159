/** A document as a PDF. It is made in the background: until it is there, the API says when to ask again. */
import { onScopeDispose, ref, type Ref } from 'vue'

import { readProblem } from '@/api/problem'

const ATTEMPTS = 20
const PAUSE_SECONDS = 2
const IN_THE_MAKING = 503

interface PdfAnswer {
  data?: unknown
  error?: unknown
  response: Response
}

export interface Pdf {
  /** The address of the PDF within this browser, once it is there. */
  address: Ref<string>
  /** What is going on while one waits. */
  waiting: Ref<string>
  /** Throws `Problem` when it does not come. */
  fetch: () => Promise<void>
  drop: () => void
}

/** `name` is what people call the document. */
export function usePdf(name: string, ask: () => Promise<PdfAnswer>): Pdf {
  const address = ref('')
  const waiting = ref('')
  let left = false

  function drop(): void {
    if (address.value) URL.revokeObjectURL(address.value)
    address.value = ''
  }

  async function fetch(): Promise<void> {
    drop()
    waiting.value = `正在生成${name}，请稍候…`
    try {
      for (let attempt = 1; !left; attempt += 1) {
        const { data, error, response } = await ask()
        if (response.ok && data instanceof Blob) {
          address.value = URL.createObjectURL(data)
          return
        }
        const problem = readProblem(response.status, error)
        if (response.status !== IN_THE_MAKING || attempt === ATTEMPTS) throw problem
        waiting.value = `${problem.message}…`
        const seconds = Number(response.headers.get('Retry-After')) || PAUSE_SECONDS
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
      }
    } finally {
      waiting.value = ''
    }
  }

  onScopeDispose(() => {
    left = true
    drop()
  })
  return { address, waiting, fetch, drop }
}

/** The document at that address of the API. */
export async function askAt(place: string): Promise<PdfAnswer> {
  const response = await fetch(place, { credentials: 'same-origin' })
  if (response.ok) return { data: await response.blob(), response }
  return { error: await response.json().catch(() => undefined), response }
}
