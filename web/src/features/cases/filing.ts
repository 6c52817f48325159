/** What the forms of cases share: proofs, codes and files of somebody without an account. */
import { ref, useTemplateRef, type Ref } from 'vue'

import { answered, api, type Schemas } from '@/api/client'
import type PictureCheck from '@/features/proof/PictureCheck.vue'
import type { StoredFile } from '@/kit/FileField.vue'
import { keepCase } from '@/kit/keys'
import { useProblems, type FormProblems } from '@/kit/problems'

export type Filed = Schemas['CaseFiled']

export interface CaseForm extends FormProblems {
  files: Ref<StoredFile[]>
  filed: Ref<Filed | null>
  /** Goes with the files and the case that refers to them. */
  keyHeader: () => { header?: { 'X-Applicant-Key': string } }
  askForCode: (phone: string) => Promise<number | null>
  upload: (file: File) => Promise<void>
  remove: (file: StoredFile) => Promise<void>
  /** Asks for the picture check, then sends; the answer stays in `filed`. */
  send: (post: (proof: string) => Promise<Filed>) => Promise<void>
}

export function useCaseForm(): CaseForm {
  // The page that calls this has <PictureCheck ref="check" />.
  const check = useTemplateRef<InstanceType<typeof PictureCheck>>('check')
  const files = ref<StoredFile[]>([])
  const filed = ref<Filed | null>(null)
  const key = ref('')
  const problems = useProblems()

  async function askForCode(phone: string): Promise<number | null> {
    const proof = await check.value?.ask('case')
    if (!proof) return null
    let seconds: number | null = null
    await problems.attempt(async () => {
      seconds = (await answered(api.POST('/api/auth/cases/codes', { body: { phone, proof } }))).resend_after
    })
    return seconds
  }

  const keyHeader: CaseForm['keyHeader'] = () => (key.value ? { header: { 'X-Applicant-Key': key.value } } : {})

  async function upload(file: File): Promise<void> {
    const proof = await check.value?.ask('case')
    if (!proof) return
    const form = new FormData()
    form.set('file', file)
    form.set('proof', proof)
    const stored = await answered(
      api.POST('/api/auth/cases/attachments', {
        params: keyHeader(),
        // The body is multipart: the types speak of its parts, the browser sends the form.
        body: form as unknown as Schemas['Body_upload_case_file'],
        bodySerializer: () => form,
      }),
    )
    key.value = stored.key
    files.value = [...files.value, stored]
  }

  function remove(file: StoredFile): Promise<void> {
    files.value = files.value.filter((each) => each.id !== file.id)
    return Promise.resolve()
  }

  async function send(post: (proof: string) => Promise<Filed>): Promise<void> {
    const proof = await check.value?.ask('case')
    if (!proof) return
    await problems.attempt(async () => {
      filed.value = await post(proof)
      keepCase(filed.value.number, filed.value.key)
    })
  }

  return { ...problems, files, filed, keyHeader, askForCode, upload, remove, send }
}
