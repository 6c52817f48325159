/** What opens below a field gets what Element Plus leaves out: a name, and that the keyboard can scroll it. */
import { nextTick } from 'vue'

export async function opened(visible: boolean, id: string, label: string): Promise<void> {
  if (!visible) return
  await nextTick()
  const popup = document.getElementById(document.getElementById(id)?.getAttribute('aria-controls') ?? '')
  if (popup?.getAttribute('role') === 'dialog') popup.setAttribute('aria-label', label)
  popup?.closest('.el-scrollbar__wrap')?.setAttribute('tabindex', '0')
}
