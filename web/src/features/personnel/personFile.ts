/** One person's file as its page has it: the form, what it holds, its parts, and its history. */
import { computed, watch } from 'vue'

import { answered, api, since, type Schemas } from '@/api/client'
import { actionOf, readForm, readPerson } from '@/features/personnel/person'
import { valuesOf, withoutApart, type Sent, type Values } from '@/kit/forms'
import { useLoaded } from '@/kit/loading'

export const EDIT = 'update'

export function usePersonFile(staffId: () => string) {
  const path = computed(() => ({ staff_id: staffId() }))
  const form = useLoaded((signal) => readForm(signal))
  const page = useLoaded((signal) => readPerson(staffId(), signal))
  const history = useLoaded((signal) => answered(api.GET('/api/training/personnel/{staff_id}/history', { params: { path: path.value }, signal })))
  const person = computed(() => page.data.value)
  const definition = computed(() => (form.data.value ? withoutApart(form.data.value.definition) : null))
  const values = computed(() => (definition.value ? valuesOf(definition.value, person.value) : {}))
  const closed = computed(() => (person.value && actionOf(person.value, EDIT)?.reason) ?? '')
  const kinds = computed(() => person.value?.attachments ?? [])
  const sections = computed(() => [
    ...(definition.value?.sections ?? []).map((each, index) => ({ id: `part-${index}`, title: each.title })),
    { id: 'part-qualifications', title: '资质证书', note: String(person.value?.qualifications.length ?? '') },
    { id: 'part-attachments', title: '附件', note: `${kinds.value.filter((each) => each.files.length).length}/${kinds.value.length}` },
    { id: 'part-history', title: '修改记录' },
  ])

  async function load(): Promise<void> {
    await Promise.all([page.load(), history.load()])
  }
  void form.load()
  watch(staffId, load, { immediate: true })

  async function save(changes: Sent): Promise<Values> {
    if (Object.keys(changes).length) {
      // The names are the definition's, which the API made of this very body; what is left out stays.
      const body = changes as unknown as Schemas['StaffMemberUpdate']
      page.data.value = await answered(api.PATCH('/api/training/personnel/{staff_id}', { params: { path: path.value }, body, headers: since(person.value!) }))
    }
    void history.load()
    return valuesOf(definition.value!, person.value)
  }

  async function reload(): Promise<Values> {
    page.data.value = await readPerson(staffId())
    return valuesOf(definition.value!, person.value)
  }

  return { form, page, history, person, definition, values, closed, sections, load, save, reload }
}
