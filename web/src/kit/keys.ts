/** The access keys of what was filed in this browser without an account: with its key, a number opens the whole form again. Whoever signs out
 * leaves none of them behind, because the next person sits at the same computer. */
const APPLICATION = 'application:'
const CASE = 'case:'

export function keyOf(number: string): string {
  return localStorage.getItem(APPLICATION + number) ?? ''
}

export function keep(number: string, key: string): void {
  localStorage.setItem(APPLICATION + number, key)
}

export function keepCase(number: string, key: string): void {
  localStorage.setItem(CASE + number, key)
}

export function keyOfCase(number: string): string {
  return localStorage.getItem(CASE + number) ?? ''
}

/** A key that opens nothing any more is not tried again. */
export function forget(number: string): void {
  localStorage.removeItem(APPLICATION + number)
}

export function numbersHere(): string[] {
  return stored(APPLICATION)
    .map((name) => name.slice(APPLICATION.length))
    .sort()
}

export function forgetAll(): void {
  for (const name of [...stored(APPLICATION), ...stored(CASE)]) localStorage.removeItem(name)
}

function stored(prefix: string): string[] {
  return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '').filter((name) => name.startsWith(prefix))
}
