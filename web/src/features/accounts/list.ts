/** What the list of 账号 shows and how it is asked for (ORG-12, STAFF-11). */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { regionPrefix } from '@/kit/regions'

export type Row = Schemas['AccountListItem']
type Status = Schemas['AccountStatus']
type Portal = Schemas['Portal']

const statuses = words('auth', 'AccountStatus')
const portals = words('auth', 'Portal')
export const colourOf = statuses.colour
export const portalWord = portals.label
const YES = 'true'

export function columns(regionName: (code: string) => string): readonly Column<Row>[] {
  return [
    { key: 'login', label: '登录账号', unbroken: true },
    { key: 'person', label: '持有人', value: (row) => row.person_name, unbroken: true },
    { key: 'phone', label: '手机号码', value: (row) => row.phone, unbroken: true },
    { key: 'organisation', label: '单位' },
    { key: 'region', label: '行政区划', value: (row) => regionName(row.region_code), unbroken: true },
    { key: 'portal', label: '类别', value: (row) => portalWord(row.portal), unbroken: true },
    { key: 'valid', label: '有效期至', value: (row) => row.valid_until, unbroken: true },
    { key: 'status', label: '状态', unbroken: true },
  ]
}

export function filters(regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'q', label: '账号、姓名或单位名称', maxlength: 100 },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: regions },
    { kind: 'choice', key: 'portal', label: '类别', options: portals.options() },
    { kind: 'date', key: 'expires_before', label: '有效期早于' },
    { kind: 'choice', key: 'locked', label: '是否锁定', options: [{ value: YES, label: '已锁定' }, { value: 'false', label: '未锁定' }] },
    {
      kind: 'choice',
      key: 'waiting_for_activation',
      label: '是否激活',
      options: [{ value: YES, label: '待激活' }, { value: 'false', label: '已激活' }],
    },
    {
      kind: 'choices',
      key: 'status',
      label: '状态',
      options: statuses.options(),
    },
  ]
}

function yesOrNo(values: FilterValues, key: string): boolean | null {
  const given = single(values, key)
  return given === undefined ? null : given === YES
}

function queryOf(values: FilterValues) {
  // What the address bar says is judged by the API.
  const chosen = [...(values['status'] ?? [])] as Status[]
  return {
    q: single(values, 'q') ?? '',
    status: chosen.length ? chosen : null,
    portal: (single(values, 'portal') as Portal | undefined) ?? null,
    region_code: regionPrefix(single(values, 'region_code') ?? ''),
    expires_before: single(values, 'expires_before') ?? null,
    locked: yesOrNo(values, 'locked'),
    waiting_for_activation: yesOrNo(values, 'waiting_for_activation'),
  }
}

export function askRows(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Row>> {
  const query = { ...queryOf(values), cursor: cursor || null }
  return answered(api.GET('/api/auth/accounts', { params: { query }, signal }))
}

/** The rows that these filters let through, as a sheet. */
export function exportRows(values: FilterValues): Promise<unknown> {
  return answered(api.GET('/api/auth/exports/accounts.xlsx', { params: { query: queryOf(values) }, parseAs: 'blob' }))
}
