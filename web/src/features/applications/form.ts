/** The form as the API defines it (AUTH-02…06), turned into the steps in which it is filled in. Which fields there are, their names, help
 * and choices all come from the definition. */
import type { Schemas } from '@/api/client'

export type Definition = Schemas['FormDefinitionRead']
export type Field = Schemas['DefinitionField']
export type Answer = string | string[] | boolean
export type Answers = Record<string, Answer>

/** One step after another: the form's three parts, the pledge with its signatures, and handing it in. */
export const STEPS = ['单位', '用户', '权限与有效期', '承诺与签章', '提交'] as const
export const PLEDGE_STEP = 3
export const LAST_STEP = 4

export function fieldsOf(definition: Definition, step: number): Field[] {
  const section = definition.sections[step]
  if (section) return section.fields
  return step === PLEDGE_STEP ? [definition.pledge, definition.remarks] : []
}

export function allFields(definition: Definition): Field[] {
  return STEPS.flatMap((_, step) => fieldsOf(definition, step))
}

/** In which step a field is filled in; what is no field of the form (the SMS code) belongs to the last. */
export function stepOf(definition: Definition, field: string): number {
  const found = STEPS.findIndex((_, step) => fieldsOf(definition, step).some((each) => each.name === field))
  return found < 0 ? LAST_STEP : found
}

export function labelOf(definition: Definition, field: string): string {
  return allFields(definition).find((each) => each.name === field)?.label ?? ''
}

function blank(field: Field): Answer {
  if (field.kind === 'several') return []
  return field.kind === 'pledge' ? false : ''
}

export function isBlank(answer: Answer | undefined): boolean {
  return answer === undefined || (typeof answer === 'boolean' ? !answer : answer.length === 0)
}

/** What the API's draft says of a field, as the form holds it. */
export function answerIn(draft: Schemas['ApplicationDraft'], field: Field): Answer {
  const given = new Map<string, unknown>(Object.entries(draft)).get(field.name)
  if (Array.isArray(given)) return given.map(String)
  return typeof given === 'string' || typeof given === 'boolean' ? given : blank(field)
}
