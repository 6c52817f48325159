/** Who is signed in, as the API says it; the portal itself decides nothing about it. */
import { readonly, ref, shallowRef, watch } from 'vue'

import { answered, api, onSessionEnded, type Schemas } from '@/api/client'
import { Problem } from '@/api/problem'
import { forgetJobs } from '@/kit/jobs'
import { keepFor } from '@/kit/kept'
import { forgetDrafts } from '@/kit/drafts'
import { forgetAll } from '@/kit/keys'
import { queries } from '@/kit/queries'
import { useThemeColour } from '@/shell/theme'

type Me = Schemas['MeRead']

const me = shallowRef<Me | null>(null)
const endedReason = ref('')
/** When the API said what it says of the session, by this computer's clock. */
const toldAt = ref(0)
let asked = false
let owner = ''

watch(
  me,
  (now) => {
    // Nobody sees what another account was shown.
    if (now?.account.id !== owner) queries.clear()
    owner = now?.account.id ?? ''
    toldAt.value = Date.now()
    if (now) keepFor(now.account.id)
  },
  { flush: 'sync' },
)

// The account's colour, wherever it signs in; the default for nobody (AUTH-18).
watch(me, (now) => useThemeColour().use(now?.account.theme_colour ?? ''))

onSessionEnded((reason) => {
  me.value = null
  if (reason) endedReason.value = reason
})

/** Whether somebody is signed in, asked once: later answers tell by themselves when it ends. Throws `Problem` when it cannot be known. */
async function recall(): Promise<boolean> {
  if (!asked) {
    try {
      me.value = await answered(api.GET('/api/auth/me'))
    } catch (thrown) {
      if (!(thrown instanceof Problem && thrown.status === 401)) throw thrown
    }
    asked = true
  }
  return me.value !== null
}

/** Somebody has just signed in: what the API answered. */
function begin(answer: Schemas['SignedInRead']): void {
  me.value = answer
  endedReason.value = ''
  asked = true
}

/** Signs in; throws `Problem` with the API's reason. */
async function signIn(body: Schemas['SignInRequest']): Promise<void> {
  begin(await answered(api.POST('/api/auth/sessions', { body })))
}

/** Asks anew who is signed in, after a change of the account. */
async function refresh(): Promise<void> {
  me.value = await answered(api.GET('/api/auth/me'))
}

/** Ends the session (AUTH-19), and nobody after it opens what was filed here. One that had ended already is no failure. */
async function signOut(): Promise<void> {
  try {
    await answered(api.DELETE('/api/auth/sessions/current'))
  } catch (thrown) {
    if (!(thrown instanceof Problem && thrown.status === 401)) throw thrown
  }
  forgetAll()
  forgetDrafts()
  forgetJobs()
  keepFor('')
  me.value = null
  endedReason.value = ''
}

export const session = {
  me: readonly(me),
  endedReason: readonly(endedReason),
  toldAt: readonly(toldAt),
  recall,
  begin,
  refresh,
  signIn,
  signOut,
}
