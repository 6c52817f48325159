/** Who is signed in, as the API says it; the portal itself decides nothing about it. */
import { readonly, ref, shallowRef } from 'vue'

import { answered, api, onSessionEnded, type Schemas } from '@/api/client'
import { Problem } from '@/api/problem'

type Me = Schemas['MeRead']

const me = shallowRef<Me | null>(null)
const lastSignIn = shallowRef<Schemas['LastSignIn'] | null>(null)
const endedReason = ref('')

onSessionEnded((reason) => {
  me.value = null
  lastSignIn.value = null
  if (reason) endedReason.value = reason
})

/** Asks who is signed in. False when nobody is; throws `Problem` when the answer is not known. */
async function recall(): Promise<boolean> {
  try {
    me.value = await answered(api.GET('/api/auth/me'))
    return true
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 401) return false
    throw thrown
  }
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
