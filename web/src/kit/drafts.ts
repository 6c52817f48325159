/** What somebody has typed, kept in this browser until it is sent, so that nothing is lost when a session or a page ends (BEY-08). */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

const PREFIX = 'draft:'
const PAUSE = 400

export interface Draft {
  /** The time of the last saving, as people read it; empty before the first. */
  savedAt: Ref<string>
  /** Whether the page began with something that was typed before and not sent. */
  restored: Ref<boolean>
  forget: () => void
}

/** Fills `form` with what was kept under `key`, and keeps it from now on. Passwords and codes are never among `fields`. */
export function useDraft<T extends object>(key: string, form: T, fields: (keyof T & string)[]): Draft {
  const savedAt = ref('')
  const restored = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const kept = localStorage.getItem(PREFIX + key)
  if (kept) {
    const values = pick(parse(kept), fields)
    restored.value = fields.some((field) => field in values && JSON.stringify(values[field]) !== JSON.stringify(form[field]))
    Object.assign(form, values)
  }

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    localStorage.setItem(PREFIX + key, JSON.stringify(pick(form as Record<string, unknown>, fields)))
    savedAt.value = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' }).format(new Date())
  }

  const stop = watch(
    () => fields.map((field) => JSON.stringify(form[field])),
    () => {
      clearTimeout(timer)
      timer = setTimeout(save, PAUSE)
    },
  )
  onBeforeUnmount(() => {
    // A page can end in the middle of a word: its session was ended elsewhere.
    if (timer !== undefined) save()
    stop()
  })
  return {
    savedAt,
    restored,
    forget: () => {
      clearTimeout(timer)
      timer = undefined
      localStorage.removeItem(PREFIX + key)
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
