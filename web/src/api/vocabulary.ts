/** What the codes of a service are called, in which order and colour, as the API says: asked for once, when somebody needs it. No page types
 * such words again (a contract test looks). */
import { reactive } from 'vue'

import { answered, api, type Schemas } from '@/api/client'

type Code = Schemas['CodeRead']
type Vocabulary = Record<string, Code[]>
/** The enumerations of the API, by the names of their schemas. */
type Enumeration = { [Name in keyof Schemas]: Schemas[Name] extends string ? Name : never }[keyof Schemas]

const ASK = {
  auth: () => answered(api.GET('/api/auth/vocabulary')),
  training: () => answered(api.GET('/api/training/vocabulary')),
  certificates: () => answered(api.GET('/api/certificates/vocabulary')),
  declaration: () => answered(api.GET('/api/declaration/vocabulary')),
  notifications: () => answered(api.GET('/api/notifications/vocabulary')),
} satisfies Record<string, () => Promise<Vocabulary>>
type Service = keyof typeof ASK

// It outlives the page: the next one asks for none of it again.
const known = reactive(new Map<Service, Vocabulary>())
const asked = new Set<Service>()

function codes(service: Service, name: Enumeration): readonly Code[] {
  if (!asked.has(service)) {
    asked.add(service)
    ASK[service]()
      .then((found) => known.set(service, found))
      // A page without these words is a page all the same.
      .catch(() => asked.delete(service))
  }
  return known.get(service)?.[name] ?? []
}

export interface Words<Name extends Enumeration> {
  /** Until the words have come, a code is its own word. */
  label: (code: string) => string
  colour: (code: string) => string
  options: (only?: readonly Schemas[Name][]) => { value: string; label: string }[]
}

export function words<Name extends Enumeration>(service: Service, name: Name): Words<Name> {
  const find = (code: string) => codes(service, name).find((each) => each.code === code)
  return {
    label: (code) => find(code)?.label ?? code,
    colour: (code) => find(code)?.colour ?? 'black',
    options: (only) =>
      codes(service, name)
        .filter((each) => !only || only.some((one) => one === each.code))
        .map((each) => ({ value: each.code, label: each.label })),
  }
}
