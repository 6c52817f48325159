/** Who is signed in, as the API says it; the portal itself decides nothing about it. */
import { readonly, ref, shallowRef } from 'vue'

import { answered, api, onSessionEnded, type Schemas } from '@/api/client'
import { Problem } from '@/api/problem'

type Me = Schemas['MeRead']

const me = shallowRef<Me | null>(null)
const lastSignIn = shallowRef<Schemas['LastSignIn'] | null>(null)
const endedReason = ref('')
let asked = false

onSessionEnded((reason) => {
  me.value = null
  lastSignIn.value = null
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

/** Signs in; throws `Problem` with the API's reason. */
async function signIn(body: Schemas['SignInRequest']): Promise<void> {
  const answer = await answered(api.POST('/api/auth/sessions', { body }))
  me.value = answer
  lastSignIn.value = answer.last_sign_in
  endedReason.value = ''
}

/** Ends the session (AUTH-19). One that had ended already is no failure. */
async function signOut(): Promise<void> {
  try {
    await answered(api.DELETE('/api/auth/sessions/current'))
  } catch (thrown) {
    if (!(thrown instanceof Problem && thrown.status === 401)) throw thrown
  }
  me.value = null
  lastSignIn.value = null
  endedReason.value = ''
}

export const session = {
  me: readonly(me),
  lastSignIn: readonly(lastSignIn),
  endedReason: readonly(endedReason),
  recall,
  signIn,
  signOut,
}
