/** The generated client: every path, parameter and answer is typed by the platform's OpenAPI document. */
import createClient from 'openapi-fetch'

import { readProblem } from '@/api/problem'
import type { components, paths } from '@/api/schema'
import { send } from '@/api/sending'

export { once, since } from '@/api/sending'

export type Schemas = components['schemas']

const ENDED = new Set(['session_ended', 'not_signed_in'])
const listeners = new Set<(reason: string) => void>()

/** `since` and `once` put a call's headers in; its parameters need not name them as well, and those that somebody does are typed. */
type Headless<Operation> = Operation extends { parameters: { header: infer Header } }
  ? Omit<Operation, 'parameters'> & { parameters: Omit<Operation['parameters'], 'header'> & { header?: Partial<Header> } }
  : Operation
type HeadlessPaths = { [Path in keyof paths]: { [Method in keyof paths[Path]]: Headless<paths[Path][Method]> } }

export const api = createClient<HeadlessPaths>({ credentials: 'same-origin', fetch: send })

/** Calls `listener` with the reason whenever an answer says that nobody is signed in any more (AUTH-09). */
export function onSessionEnded(listener: (reason: string) => void): void {
  listeners.add(listener)
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a good answer; throws `Problem` for any other. */
export async function answered<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request
  if (response.ok) return data as T
  const problem = readProblem(response.status, error)
  if (ENDED.has(problem.code)) {
    const reason = problem.code === 'session_ended' ? problem.message : ''
    for (const listener of listeners) listener(reason)
  }
  throw problem
}
