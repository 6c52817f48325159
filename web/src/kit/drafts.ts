/** What somebody without an account has typed, kept in this tab until it is sent, so that a reload loses nothing (BEY-08). It goes with the tab:
 * the next person sits at the same computer, and another tab is another form. */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

import { beijingClock } from '@/kit/beijing'

const PREFIX = 'draft:'
const PAUSE = 400

export interface Draft {
  /** The time of the last saving, as people read it; empty before the first. */
  savedAt: Ref<string>
  /** Whether the page began with something that was typed before and not sent. */
  restored: Ref<boolean>
  forget: () => void
}

/** Earlier releases kept drafts where every tab, and whoever came next, found them. */
export function forgetDrafts(): void {
  for (const place of [localStorage, sessionStorage]) {
    const names = Array.from({ length: place.length }, (_, index) => place.key(index) ?? '')
    for (const name of names.filter((each) => each.startsWith(PREFIX))) place.removeItem(name)
  }
}

/** Fills `form` with what was kept under `key`, and keeps it from now on. Passwords and codes are never among `fields`. */
export function useDraft<T extends object>(key: string, form: T, fields: (keyof T & string)[]): Draft {
  const savedAt = ref('')
  const restored = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const kept = sessionStorage.getItem(PREFIX + key)
  if (kept) {
    const values = pick(parse(kept), fields)
    restored.value = fields.some((field) => field in values && JSON.stringify(values[field]) !== JSON.stringify(form[field]))
    Object.assign(form, values)
  }

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    sessionStorage.setItem(PREFIX + key, JSON.stringify(pick(form as Record<string, unknown>, fields)))
    savedAt.value = beijingClock()
  }

  const stop = watch(
    () => fields.map((field) => JSON.stringify(form[field])),
    () => {
      clearTimeout(timer)
      timer = setTimeout(save, PAUSE)
    },
  )

  /** A page can end in the middle of a word: by a reload, by a link. */
  function end(): void {
    if (timer !== undefined) save()
  }
  window.addEventListener('pagehide', end)
  onBeforeUnmount(() => {
    end()
    stop()
    window.removeEventListener('pagehide', end)
  })
  return {
    savedAt,
    restored,
    forget: () => {
      clearTimeout(timer)
      timer = undefined
      stop()
      sessionStorage.removeItem(PREFIX + key)
      savedAt.value = ''
      restored.value = false
    },
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function pick(from: Record<string, unknown>, fields: string[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter((field) => field in from).map((field) => [field, from[field]]))
}
