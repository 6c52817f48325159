/** Doing what an allowed action says, where it says (PLAT-02): no page knows the address. */
import { answered, type Schemas } from '@/api/client'
import { once, send } from '@/api/sending'

/** What `action.fields` ask for, by their names. */
export type Given = Record<string, unknown>

/** Throws `Problem` with the API's reason. */
export async function act(action: Schemas['AllowedAction'], given: Given): Promise<void> {
  const headers = { 'Content-Type': 'application/json', ...once() }
  await answered(sent(new Request(action.href ?? '', { method: 'POST', credentials: 'same-origin', headers, body: JSON.stringify(given) })))
}

async function sent(request: Request): Promise<{ response: Response; error: unknown }> {
  const response = await send(request)
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false
  return { response, error: response.ok || !isJson ? undefined : await response.json() }
}
