/**
 * A form's state of being wrong: the problem for the summary, and each field's own words. Fields that say their `name` find their error here
 * and make themselves known, so that the summary names them and leads to them (FAQ-D11); what must be filled in and is not is found before
 * anything is sent, or a picture asked for (PLAT-13).
 */
import { computed, getCurrentInstance, inject, provide, ref, shallowReactive, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'

import { asProblem, Problem, type FieldProblem } from '@/api/problem'
import { focusField } from '@/kit/focus'
import { isSameField, type Labels } from '@/kit/labels'

interface FieldOnPage {
  id: string
  label: string
  required: boolean
}

export interface FormProblems {
  problem: ShallowRef<Problem | null>
  of: ComputedRef<(field: string) => string | undefined>
  /** Runs the work; what it throws becomes the form's problem. True when it went well. */
  attempt: (work: () => Promise<unknown>) => Promise<boolean>
  busy: ShallowRef<boolean>
  /** False, with a summary, while a field with a star is blank in `values`; of all fields on the page, or of those named. */
  whole: (values: Readonly<Record<string, unknown>>, names?: readonly string[]) => boolean
  labels: ComputedRef<Labels>
  lead: (field: string) => void
  leadsTo: (field: string) => boolean
  know: (name: string, field: FieldOnPage) => void
}

const FORM: InjectionKey<FormProblems> = Symbol('the form around a field')

/** The form that stands around this component, where there is one. */
export function useFormAround(): FormProblems | undefined {
  return inject(FORM, undefined)
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' ? !value.trim() : Array.isArray(value) && !value.length)
}

export function useProblems(): FormProblems {
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  // A field that has gone is still known: the summary names what stands in another step.
  const fields = shallowReactive(new Map<string, FieldOnPage>())
  const of = computed(() => (field: string) => {
    const messages = problem.value?.errors.filter((each) => isSameField(each.field, field)).map((each) => each.message) ?? []
    return messages.length ? [...new Set(messages)].join('；') : undefined
  })

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    try {
      await work()
      return true
    } catch (thrown) {
      problem.value = asProblem(thrown)
      return false
    } finally {
      busy.value = false
    }
  }

  function whole(values: Readonly<Record<string, unknown>>, names: readonly string[] = [...fields.keys()]): boolean {
    const errors = names.flatMap((name): FieldProblem[] => {
      const field = fields.get(name)
      const lacks = field?.required && name in values && isBlank(values[name])
      return lacks ? [{ field: name, code: 'missing', message: `请填写${field.label}` }] : []
    })
    problem.value = errors.length ? new Problem(422, 'missing', '请先补充以下内容', errors) : null
    return !errors.length
  }

  const known = (name: string) => [...fields.keys()].find((each) => isSameField(name, each))
  const form: FormProblems = {
    problem,
    of,
    attempt,
    busy,
    whole,
    labels: computed(() => Object.fromEntries([...fields].map(([name, { label }]) => [name, label]))),
    lead: (name) => void focusField(fields.get(known(name) ?? '')?.id ?? name),
    leadsTo: (name) => known(name) !== undefined,
    know: (name, field) => void fields.set(name, field),
  }
  if (getCurrentInstance()) provide(FORM, form)
  return form
}
