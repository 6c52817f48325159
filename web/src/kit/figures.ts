/** A figure of a board, and the way to the rows that it counts. */
import type { RouteLocationRaw, Router } from 'vue-router'

export interface Figure {
  key: string
  label: string
  count: number
  link: string
  filters: Readonly<Record<string, string | readonly string[]>> | null
}

/** Null where no list has just these rows, or the portal has no such page for this account. */
export function addressOfFigure(figure: Figure, router: Router, menu: readonly { key: string }[]): RouteLocationRaw | null {
  if (!figure.filters) return null
  const query = Object.fromEntries(Object.entries(figure.filters).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]))
  const { name, meta } = router.resolve(figure.link)
  const granted = !meta.menuKey || menu.some((item) => item.key === meta.menuKey)
  return name !== 'not-found' && granted ? { path: figure.link, query } : null
}
