/** What moves the page waits until the pointer is up again: words that appear when a field is left would push the button that is being
 * pressed from under the pointer, and the press would be lost. */
let down = false
const waiting: (() => void)[] = []

if (typeof window !== 'undefined') {
  window.addEventListener('pointerdown', () => (down = true), true)
  for (const end of ['pointerup', 'pointercancel', 'dragend']) {
    window.addEventListener(end, () => {
      down = false
      // After the click, which comes next.
      setTimeout(() => waiting.splice(0).forEach((each) => each()))
    })
  }
}

export function afterPress(show: () => void): void {
  if (down) waiting.push(show)
  else show()
}
