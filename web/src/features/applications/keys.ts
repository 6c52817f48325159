/** The keys of the applications that were made in this browser: with its key, a number opens the whole form again. */
const PREFIX = 'application:'

export function keyOf(number: string): string {
  return localStorage.getItem(PREFIX + number) ?? ''
}

export function keep(number: string, key: string): void {
  localStorage.setItem(PREFIX + number, key)
}

/** A key that opens nothing any more is not tried again. */
export function forget(number: string): void {
  localStorage.removeItem(PREFIX + number)
}

export function numbersHere(): string[] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .sort()
}
