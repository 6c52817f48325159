/** What was typed and not saved, kept in this tab's memory and nowhere else. Forms of people hold resident ids and phones, which lie nowhere
 * in clear at rest (PLAT-05): what a browser stores for a page or a tab, it writes to the disk of a computer that many use. The memory
 * outlives what ends in the middle of a word, a session that was taken over or a network that is gone (BEY-08); a reload, which it does not
 * outlive, is asked about before. Whoever signs out, and whoever signs in as somebody else, finds nothing. */
import type { Values } from '@/kit/forms'

const kept = new Map<string, Values>()
let owner = ''

export function keepTyped(key: string, values: Values): void {
  kept.set(key, { ...values })
}

export function keptTyped(key: string): Values | undefined {
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
