/** What a superior sees and orders over reviews, as the API has it. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import type { Entry } from '@/kit/forms'

export type Regions = Schemas['RegionsRead']
export type StandIn = Schemas['StandInRead']
export type Flag = Schemas['FlagRead']
export type Standing = Schemas['StandingRead']
export type Reader = Schemas['ProductReader']

export function readRegions(region_code: string, signal: AbortSignal): Promise<Regions> {
  return answered(api.GET('/api/declaration/reviews/regions', { params: { query: { region_code } }, signal }))
}

export function readStandIns(signal: AbortSignal): Promise<StandIn[]> {
  return answered(api.GET('/api/declaration/stand-ins', { signal }))
}

export function orderStandIn(body: Schemas['StandInCreate']): Promise<StandIn> {
  return answered(api.POST('/api/declaration/stand-ins', { body, headers: once() }))
}

export function readFlags(signal: AbortSignal): Promise<Flag[]> {
  return answered(api.GET('/api/declaration/review-flags', { signal }))
}

export function switchFlag(code: string, enabled: boolean): Promise<Flag[]> {
  return answered(api.PUT('/api/declaration/review-flags/{code}', { params: { path: { code } }, body: { enabled } }))
}

const of = (id: string) => ({ path: { employer_id: id } })

export function readStanding(id: string, signal?: AbortSignal): Promise<Standing> {
  return answered(api.GET('/api/declaration/employers/{employer_id}/standing', { params: of(id), ...(signal ? { signal } : {}) }))
}

export function keepStanding(standing: Standing, body: Schemas['StandingUpdate']): Promise<Standing> {
  return answered(api.PUT('/api/declaration/employers/{employer_id}/standing', { params: of(standing.id), body, headers: since(standing) }))
}

/** The officers of one's own office, found by name or account; those already named who are of another office stay to be seen. */
export async function readColleagues(named: readonly Reader[], signal: AbortSignal): Promise<Entry[]> {
  const found = await answered(api.GET('/api/auth/me/colleagues', { params: { query: {} }, signal }))
  const own = found.map((each) => entry(each.id, `${each.person_name}（${each.login_name}）`, each.login_name))
  const others = named.filter((each) => !found.some((one) => one.id === each.id))
  return [...own, ...others.map((each) => entry(each.id, each.name, ''))]
}

function entry(code: string, label: string, pinyin: string): Entry {
  return { code, label, pinyin, parent: null, group: null, selectable: true }
}
