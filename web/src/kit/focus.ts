/** Takes the keyboard to a field that has perhaps just been drawn: dropdowns come only when their entries have been loaded. */
const ATTEMPTS = 20
const PAUSE = 50
const CONTROLS = 'input:not(:disabled), select, textarea'

export async function focusField(id: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = document.getElementById(id)
    const control = found?.matches(CONTROLS) ? found : found?.querySelector<HTMLElement>(CONTROLS)
    if (control) {
      control.focus()
      return
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}
