/** The menu that the API answers, under its headings; entries whose page is not part of the portal are told apart from those whose is. */
import type { Schemas } from '@/api/client'

type MenuItem = Schemas['MenuItem']

export interface MenuGroup {
  label: string
  items: MenuItem[]
}

/** The entries that `wanted` lets through, grouped, in the API's order; no empty group. */
export function menuGroups(menu: readonly MenuItem[], wanted: (key: string) => boolean): MenuGroup[] {
  const groups: MenuGroup[] = []
  for (const item of menu.filter((each) => wanted(each.key))) {
    const last = groups[groups.length - 1]
    if (last?.label === item.group) last.items.push(item)
    else groups.push({ label: item.group, items: [item] })
  }
  return groups
}
