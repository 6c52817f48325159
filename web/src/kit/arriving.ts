/** Takes the keyboard, and the voice of a screen reader, to what has just come: the outcome of a form, the next step of a wizard. */
import type { Directive } from 'vue'

export const vArrive: Directive<HTMLElement, undefined> = {
  mounted(element) {
    element.tabIndex = -1
    element.focus()
  },
}
