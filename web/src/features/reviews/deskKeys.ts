/** The keys of the review desk: J/K next and previous, A approve, R return, U undo. They never act while one types, while a dialog is open,
 * or together with Ctrl, Alt or ⌘, which are the browser's. */
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

export type Command = 'next' | 'previous' | 'approve' | 'return' | 'undo'
const KEYS: ReadonlyMap<string, Command> = new Map([
  ['j', 'next'],
  ['k', 'previous'],
  ['a', 'approve'],
  ['r', 'return'],
  ['u', 'undo'],
])

interface Pressed {
  key: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  repeat: boolean
}
/** What the keyboard is in: as much of an element as matters. */
interface Place {
  tagName: string
  isContentEditable: boolean
  type?: string
}
const TYPED_IN = new Set(['INPUT', 'TEXTAREA', 'SELECT'])
const NOT_TYPED_IN = new Set(['checkbox', 'radio', 'button', 'submit'])

function types(place: Place): boolean {
  if (place.isContentEditable) return true
  return TYPED_IN.has(place.tagName) && !(place.tagName === 'INPUT' && NOT_TYPED_IN.has(place.type ?? 'text'))
}

/** What this key asks for here; nothing while one types, with another key held, or again and again because it is held down. */
export function commandOf(pressed: Pressed, place: Place | null): Command | undefined {
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.repeat) return undefined
  if (place && types(place)) return undefined
  return KEYS.get(pressed.key.toLowerCase())
}

function dialogOpen(): boolean {
  return [...document.querySelectorAll<HTMLElement>('[role="dialog"], .el-message-box')].some((each) => each.offsetParent !== null || each.getClientRects().length > 0)
}

const OFF = 'review-keys-off'

/** Listens while the page is there; whoever wants no single keys turns them off, in this browser (WCAG 2.1.4). */
export function useDeskKeys(blocked: () => boolean, obey: (command: Command) => void): { on: Ref<boolean> } {
  const on = ref(localStorage.getItem(OFF) === null)
  watch(on, (now) => (now ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, 'yes')))

  function listen(event: KeyboardEvent): void {
    const command = commandOf(event, event.target instanceof HTMLElement ? (event.target as Place) : null)
    if (!command || !on.value || event.defaultPrevented || blocked() || dialogOpen()) return
    event.preventDefault()
    obey(command)
  }
  onMounted(() => document.addEventListener('keydown', listen))
  onBeforeUnmount(() => document.removeEventListener('keydown', listen))
  return { on }
}
