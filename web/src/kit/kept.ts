/** What was typed and not saved, kept in this tab's memory. Forms of people hold resident ids and phones, which lie nowhere in clear at rest
 * (PLAT-05): what a browser stores for a page or a tab, it writes to the disk of a computer that many use. The memory outlives what ends in
 * the middle of a word, a session that was taken over, a network that is gone, a dialog that was closed (BEY-08); a reload, which it does not
 * outlive, is asked about before, and what is typed for a record that does not exist yet lies with the API (kit/draftsAtApi). Whoever signs
 * out, and whoever signs in as somebody else, finds nothing. */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

type Typed = Readonly<Record<string, unknown>>
const kept = new Map<string, Typed>()
let owner = ''

export function keepTyped(key: string, values: Typed): void {
  kept.set(key, { ...values })
}

export function keptTyped(key: string): Typed | undefined {
  return kept.get(key)
}

export function dropTyped(key: string): void {
  kept.delete(key)
}

/** What is kept is this account's; another's is let go. */
export function keepFor(account: string): void {
  if (account !== owner) kept.clear()
  owner = account
}

export interface Kept {
  /** Whether something is typed that is not where it belongs yet. */
  unsaved: ComputedRef<boolean>
  restored: Ref<boolean>
  /** It was saved, or is given up: what is there now is where one begins. */
  settle: () => void
}

/** Keeps what is typed into `form` under `key`, and begins with what was kept there. For forms that are no RecordForm, which does so itself. */
export function useKept<T extends object>(key: string, form: T): Kept {
  const words = () => JSON.stringify(form)
  const begun = ref(words())
  const before = keptTyped(key)
  if (before) Object.assign(form, before)
  const unsaved = computed(() => words() !== begun.value)
  const restored = ref(before !== undefined && unsaved.value)

  watch(words, () => {
    if (unsaved.value) keepTyped(key, JSON.parse(words()) as Typed)
    else dropTyped(key)
  })

  function settle(): void {
    begun.value = words()
    restored.value = false
    dropTyped(key)
  }
  return { unsaved, restored, settle }
}
