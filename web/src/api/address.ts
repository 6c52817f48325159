/** The address of a file of the API, for links, pictures and frames; typed by the document as the client's own calls are. */
import type { paths } from '@/api/schema'

export function addressOf<P extends keyof paths & string>(path: P, params: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''))
}
