/** What the steps of 企业注册 share: the form, which is kept in this tab but for password and codes, and the steps in their order. */
import { reactive } from 'vue'

import type { Schemas } from '@/api/client'
import { useDraft, type Draft } from '@/kit/drafts'

export type SignUp = Required<Omit<Schemas['EnterpriseSignUp'], 'email' | 'short_name'>> & { email: string; short_name: string }

export const STEPS = ['单位', '基本信息', '账号'] as const

/** In which step a refused field is put right. */
const STEP_OF: Record<string, number> = {
  credit_code: 0,
  is_branch: 0,
  has_own_code: 0,
  name: 0,
  legacy_account: 0,
  short_name: 1,
  region_code: 1,
  address: 1,
  legal_representative: 1,
  contact_name: 1,
}

export function stepOf(field: string): number {
  return STEP_OF[field] ?? 2
}

export function fieldsOfStep(step: number): string[] {
  return Object.keys(STEP_OF).filter((field) => STEP_OF[field] === step)
}

export function useSignUp(): { form: SignUp; draft: Draft } {
  const form = reactive<SignUp>({
    credit_code: '',
    is_branch: false,
    has_own_code: true,
    legacy_account: '',
    name: '',
    short_name: '',
    region_code: '',
    address: '',
    legal_representative: '',
    contact_name: '',
    phone: '',
    email: '',
    login_name: '',
    password: '',
    code: '',
  })
  const kept = Object.keys(form).filter((field) => field !== 'password' && field !== 'code' && field !== 'phone') as (keyof SignUp)[]
  return { form, draft: useDraft('enterprise-sign-up', form, kept) }
}
