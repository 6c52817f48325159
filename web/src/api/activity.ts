/** When the platform was last heard in this browser, whatever window it was: from then on it counts how long nobody has done anything. */
const NAME = 'heard-at'
const OFTEN = 10_000
let own = Date.now()
/** Not there outside of a browser. */
const shared = (): Storage | undefined => ('localStorage' in globalThis ? globalThis.localStorage : undefined)

export function heard(now: number = Date.now()): void {
  // Other windows need not know it to the second.
  if (now - lastHeard() > OFTEN) shared()?.setItem(NAME, String(now))
  own = now
}

/** In milliseconds of this computer's clock. */
export function lastHeard(): number {
  return Math.max(own, Number(shared()?.getItem(NAME) ?? 0) || 0)
}
