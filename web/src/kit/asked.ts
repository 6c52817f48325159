/** What an action asks for, as it stands in the question and as it is sent. */
import type { Schemas } from '@/api/client'
import type { Given } from '@/api/acting'

type Action = Schemas['AllowedAction']
type Field = Schemas['ActionField']
export type Answers = Record<string, string | boolean | string[]>
const BEIJING = ':00+08:00'

/** The fields that the question itself draws: not those that the page gives, nor those that only it can show. */
export function drawn(action: Action, given: Given): Field[] {
  return action.fields.filter((field) => !(field.name in given) && !(['one', 'several'].includes(field.kind) && !field.choices.length))
}

export function blankAnswers(fields: readonly Field[]): Answers {
  return Object.fromEntries(fields.map((field) => [field.name, field.kind === 'yes_no' ? false : field.kind === 'several' ? [] : '']))
}

/** A blank one is left out where it need not be given. */
export function sentAnswers(fields: readonly Field[], answers: Answers): Given {
  const sent = fields.map((field): [string, unknown] => {
    const answer = answers[field.name]
    if (typeof answer !== 'string') return [field.name, answer]
    const text = answer.trim()
    if (!text) return [field.name, null]
    if (field.kind === 'moment') return [field.name, text + BEIJING]
    return [field.name, field.kind === 'number' && /^-?\d{1,9}$/.test(text) ? Number(text) : text]
  })
  return Object.fromEntries(sent)
}
