/** What the forms of cases share: proofs, codes and files of somebody without an account. One picture comes before the code (AUTH-11); what
 * else takes a proof gets it from the browser's own work, unseen. */
import { onScopeDispose, reactive, ref, toRef, type Ref } from 'vue'

import { answered, api, type Schemas } from '@/api/client'
import { Problem } from '@/api/problem'
import type PictureCheck from '@/features/proof/PictureCheck.vue'
import { makeProof } from '@/features/proof/proof'
import { proven } from '@/features/proof/proven'
import { useDraft } from '@/kit/drafts'
import type { StoredFile } from '@/kit/FileField.vue'
import { keepCase } from '@/kit/keys'
import { useProblems, type FormProblems } from '@/kit/problems'

export type Filed = Schemas['CaseFiled']
const CASE = 'case'

export interface CaseForm extends FormProblems {
  files: Ref<StoredFile[]>
  filed: Ref<Filed | null>
  /** Goes with the files and the case that refers to them. */
  keyHeader: () => { header?: { 'X-Applicant-Key': string } }
  askForCode: (phone: string) => Promise<number | null>
  upload: (file: File) => Promise<void>
  remove: (file: StoredFile) => Promise<void>
  /** Sends when all that has a star is filled in; the answer stays in `filed`. */
  send: (form: Readonly<Record<string, unknown>>, post: (proof: string) => Promise<Filed>) => Promise<void>
}

/** `name` is under which the uploads are kept in this tab until they are sent; `check` the picture before the code, where there is one. */
export function useCaseForm(name: string, check?: Readonly<Ref<InstanceType<typeof PictureCheck> | null>>): CaseForm {
  const kept = reactive({ files: [] as StoredFile[], key: '' })
  const draft = useDraft(`${name}:files`, kept, ['files', 'key'])
  const filed = ref<Filed | null>(null)
  const problems = useProblems()
  const left = new AbortController()
  onScopeDispose(() => left.abort())

  const unseen = () => makeProof(left.signal, CASE)

  async function askForCode(phone: string): Promise<number | null> {
    let seconds: number | null = null
    if (!problems.whole({ phone }, ['phone'])) return null
    await problems.attempt(async () => {
      const sent = await check?.value?.prove(CASE, (proof) => answered(api.POST('/api/auth/cases/codes', { body: { phone, proof } })))
      seconds = sent?.resend_after ?? null
    })
    return seconds
  }

  const keyHeader: CaseForm['keyHeader'] = () => (kept.key ? { header: { 'X-Applicant-Key': kept.key } } : {})

  async function upload(file: File): Promise<void> {
    const form = new FormData()
    form.set('file', file)
    form.set('proof', await unseen())
    const stored = await answered(
      api.POST('/api/auth/cases/attachments', {
        params: keyHeader(),
        // The body is multipart: the types speak of its parts, the browser sends the form.
        body: form as unknown as Schemas['Body_upload_case_file'],
        bodySerializer: () => form,
      }),
    )
    kept.key = stored.key
    kept.files = [...kept.files, { id: stored.id, name: stored.name }]
  }

  function remove(file: StoredFile): Promise<void> {
    kept.files = kept.files.filter((each) => each.id !== file.id)
    return Promise.resolve()
  }

  async function send(form: Readonly<Record<string, unknown>>, post: (proof: string) => Promise<Filed>): Promise<void> {
    if (!problems.whole({ ...form, attachments: kept.files })) return
    await problems.attempt(async () => {
      const answer = await proven(CASE, post, unseen)
      if (!answer) throw new Problem(422, 'proof_refused', '安全验证没有通过，请再试一次')
      filed.value = answer
      keepCase(answer.number, answer.key)
      draft.forget()
    })
  }

  return { ...problems, files: toRef(kept, 'files'), filed, keyHeader, askForCode, upload, remove, send }
}
