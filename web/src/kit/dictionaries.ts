/** The dictionaries that forms of the training service choose from, all of a form in one request; the browser keeps the answer for a while. */
import { answered, api } from '@/api/client'
import { fieldsOf, type Definition, type Dictionaries } from '@/kit/forms'

export function dictionariesOf(definition: Definition, signal?: AbortSignal): Promise<Dictionaries> {
  const names = [...new Set(fieldsOf(definition).flatMap((field) => (field.dictionary ? [field.dictionary] : [])))].sort()
  return dictionaries(names, signal)
}

export async function dictionaries(names: string[], signal?: AbortSignal): Promise<Dictionaries> {
  if (!names.length) return {}
  const query = { name: names }
  return answered(api.GET('/api/training/personnel-dictionaries', { params: { query }, ...(signal ? { signal } : {}) }))
}
