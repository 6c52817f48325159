import { describe, expect, it } from 'vitest'

import { INDEX, isFor, placeOf, placeOfLink, readGuide, sectionsWith, type Section } from '@/features/guides/guides'

const section = (id: string, text: string): Section => ({ id, title: id, pages: [], blocks: [{ kind: 'text', parts: [{ text }] }] })

describe('where a page is explained', () => {
  it("is the reader's own guide before any other", () => {
    expect(placeOf('certificates', ['group_registration'])?.guide).toBe('unit')
    expect(placeOf('certificates', ['certificate_management', 'training_oversight'])?.guide).toBe('organiser')
    expect(placeOf('certificates', ['training_oversight'])?.guide).toBe('manager')
  })

  it('is the guide for everybody where nobody is signed in', () => {
    expect(placeOf('recovery', undefined)).toEqual({ guide: 'access', section: 'recovery' })
    expect(INDEX.guides.filter((each) => isFor(each, undefined)).map((each) => each.name)).toEqual(['access'])
  })

  it('is nowhere for what is no page', () => {
    expect(placeOf('not-found', ['group_registration'])).toBeUndefined()
  })
})

describe('a guide', () => {
  it('is read by its name and no other', async () => {
    expect((await readGuide('unit'))?.title).toBe('培训单位')
    expect(await readGuide('index')).toBeNull()
    expect(await readGuide('../unit')).toBeNull()
  })

  it('is searched by all the words that are typed', () => {
    const sections = [section('a', '点「报名」提交'), section('b', '报名截止后')]
    expect(sectionsWith(sections, ' 报名  提交 ').map((each) => each.id)).toEqual(['a'])
    expect(sectionsWith(sections, '').length).toBe(2)
  })

  it('links to its own sections and to those of others', () => {
    expect(placeOfLink('#waiting', 'unit')).toEqual({ guide: 'unit', section: 'waiting' })
    expect(placeOfLink('access.md#claim', 'unit')).toEqual({ guide: 'access', section: 'claim' })
  })
})
