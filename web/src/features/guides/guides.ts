/** What `make write` has made of web/guides: texts and pictures come with these pages and no others (BEY-18). */
import type { RouteLocationRaw } from 'vue-router'

import { session } from '@/shell/session'
import made from './made/index.json'

export interface Part {
  text: string
  as?: 'label' | 'strong' | 'code' | 'link'
  to?: string
}
export type Block =
  | { kind: 'text' | 'note'; parts: Part[] }
  | { kind: 'steps' | 'points'; items: Part[][] }
  | { kind: 'picture'; name: string; alt: string; width: number; height: number }
  | { kind: 'table'; head: Part[][]; rows: Part[][][] }
export interface Section {
  id: string
  title: string
  pages: string[]
  blocks: Block[]
}
export interface Guide {
  name: string
  title: string
  summary: string
  pdf: string
  sections: Section[]
}
export interface Place {
  guide: string
  section: string
}
type Summary = Pick<Guide, 'name' | 'title' | 'summary'> & { by: string[] }
type Old = Place & { source: string; number: string; title: string }
interface Index {
  guides: Summary[]
  places: Record<string, Place[]>
  old: Old[]
}

export const INDEX: Index = made
const TEXTS = import.meta.glob<{ default: Guide }>('./made/*.json')
const PICTURES = import.meta.glob<string>('../../../guides/pictures/*.webp', { query: '?url', import: 'default', eager: true })

/** The guide of this name; nothing for a name that none has. */
export async function readGuide(name: string): Promise<Guide | null> {
  const known = INDEX.guides.some((each) => each.name === name)
  return known ? ((await TEXTS[`./made/${name}.json`]?.())?.default ?? null) : null
}

export function pictureOf(name: string): string {
  return PICTURES[`../../../guides/pictures/${name}.webp`] ?? ''
}

/** Whether it is written for somebody who has one of these permissions; a guide for nobody in particular is for who is not signed in. */
export function isFor(guide: Pick<Summary, 'by'>, permissions: readonly string[] | undefined): boolean {
  return permissions ? guide.by.some((each) => permissions.includes(each)) : !guide.by.length
}

/** Where this page is explained: in the reader's own guide, or in the first that does. */
export function placeOf(page: string, permissions: readonly string[] | undefined): Place | undefined {
  const places = INDEX.places[page] ?? []
  const own = new Set(INDEX.guides.filter((each) => isFor(each, permissions)).map((each) => each.name))
  return places.find((each) => own.has(each.guide)) ?? places[0]
}

export function addressOfPlace(place: Place): RouteLocationRaw {
  return { name: 'guide', params: { guide: place.guide }, hash: `#${place.section}` }
}

/** What a link in a text leads to: "#section" of the same guide, or "other.md#section". */
export function placeOfLink(to: string, guide: string): Place {
  const [file, section] = to.split('#')
  return { guide: file ? file.replace(/\.md$/, '') : guide, section: section ?? '' }
}

const wordsOf = (parts: readonly Part[]) => parts.map((part) => part.text).join('')

function textOf(block: Block): string {
  switch (block.kind) {
    case 'picture':
      return block.alt
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(wordsOf).join(' ')).join(' ')
    case 'steps':
    case 'points':
      return block.items.map(wordsOf).join(' ')
    default:
      return wordsOf(block.parts)
  }
}

/** The sections in which each of these words stands. */
export function sectionsWith(sections: readonly Section[], typed: string): Section[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const has = (section: Section) => {
    const text = [section.title, ...section.blocks.map(textOf)].join(' ').toLowerCase()
    return wanted.every((each) => text.includes(each))
  }
  return sections.filter(has)
}

/** What the reader may do, or nothing where nobody is signed in: these pages are open, and nobody has asked before them. */
export async function permissionsOfReader(): Promise<readonly string[] | undefined> {
  await session.recall().catch(() => false)
  return session.me.value?.permissions
}
