/** Signing in, from the account's name to the page that was wanted: each refusal leads to the next step (AUTH-09, AUTH-10, AUTH-16, AUTH-28). */
import { computed, reactive, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { asProblem, Problem } from '@/api/problem'
import { returnAddress } from '@/shell/router'
import { session } from '@/shell/session'

/** The refusals that somebody can put right without anybody's help, and where. */
const HELP: Record<string, { name: string; label: string }> = {
  account_locked: { name: 'unlock', label: '用短信验证码解除锁定' },
  phone_unusable: { name: 'phone-request', label: '更换手机号' },
  wrong_credentials: { name: 'recovery', label: '忘记账号密码' },
}

function missing(form: { account: string; password: string }): Problem | null {
  const empty = [form.account.trim() ? '' : '请填写账号', form.password ? '' : '请填写密码'].filter(Boolean)
  return empty.length ? new Problem(422, 'missing', empty.join('；')) : null
}

/** `prove` asks for a proof, and gives '' when none came. */
export function useSignIn(prove: () => Promise<string>) {
  const route = useRoute()
  const router = useRouter()
  const form = reactive({ account: '', password: '' })
  const problem = ref<Problem | null>(null)
  const elsewhere = ref('')
  const asking = ref(false)
  const busy = ref(false)
  /** What the API gave to go on with, so that nobody has to click a second picture. */
  const ticket = ref('')
  const code = ref('')
  const codeStep = ref<{ detail: string; phone: string; resendAfter: number } | null>(null)
  const help = computed(() => HELP[problem.value?.code ?? ''])

  async function begin(): Promise<void> {
    problem.value = missing(form)
    if (problem.value || busy.value) return
    const proof = await prove()
    if (proof) await send(proof, false)
  }

  async function send(proof: string, takeOver: boolean, withCode = true): Promise<void> {
    busy.value = true
    problem.value = null
    try {
      await session.signIn({
        account: form.account.trim(),
        password: form.password,
        proof,
        take_over: takeOver,
        ...(withCode && code.value ? { code: code.value } : {}),
      })
      await router.replace(returnAddress(route.query['to']))
    } catch (thrown) {
      refused(asProblem(thrown))
    } finally {
      busy.value = false
    }
  }

  function refused(why: Problem): void {
    const given = why.extra['ticket']
    ticket.value = typeof given === 'string' ? given : ''
    const phone = why.extra['phone']
    if (ticket.value && typeof phone === 'string') {
      // A code is on its way, or was sent a moment ago and is still good.
      codeStep.value = { detail: why.message, phone, resendAfter: Number(why.extra['resend_after'] ?? 60) }
      return
    }
    asking.value = why.code === 'already_signed_in'
    if (asking.value) elsewhere.value = why.message
    else problem.value = why
    if (codeStep.value && !ticket.value && !asking.value) leaveCode()
  }

  /** With the code that was typed. */
  const enter = () => send(ticket.value, false)

  async function resend(): Promise<number | null> {
    const before = codeStep.value
    await send(ticket.value, false, false)
    return codeStep.value && codeStep.value !== before ? codeStep.value.resendAfter : null
  }

  function leaveCode(): void {
    codeStep.value = null
    code.value = ''
  }

  async function takeOver(): Promise<void> {
    asking.value = false
    const proof = ticket.value || (await prove())
    if (proof) await send(proof, true)
  }

  return { form, code, codeStep, problem, help, elsewhere, asking, busy, begin, enter, resend, leaveCode, takeOver }
}
