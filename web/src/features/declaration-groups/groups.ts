/** A group as the API has it (BEY-17): the head's own list, and what a branch and its county are asked. */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingDay } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues } from '@/kit/filters'

export type Member = Schemas['MemberRead']
export type Membership = Schemas['MembershipRead']
export type Group = Schemas['GroupRead']
export type Action = Schemas['AllowedAction']

export const statuses = words('declaration', 'MemberStatus')
export const declared = words('declaration', 'DeclarationStatus')
export const states = words('declaration', 'DueState')

export const MEMBER_COLUMNS: readonly Column<Member>[] = [
  { key: 'name', label: '单位名称' },
  { key: 'region', label: '所属地区', value: (row) => row.region_label ?? '' },
  { key: 'status', label: '成员状态' },
  { key: 'declaration', label: '申报' },
  { key: 'due', label: '办理期限' },
  { key: 'operations', label: '操作' },
]

export const MEMBERSHIP_COLUMNS: readonly Column<Membership>[] = [
  { key: 'head', label: '集团' },
  { key: 'employer', label: '受邀单位' },
  { key: 'invited', label: '邀请日期', value: (row) => beijingDay(new Date(row.invited_at)), unbroken: true },
  { key: 'status', label: '状态' },
  { key: 'operations', label: '操作' },
]

export function memberFilters(): Filter[] {
  return [
    { kind: 'text', key: 'name', label: '单位名称', maxlength: 100 },
    { kind: 'choices', key: 'status', label: '成员状态', options: statuses.options() },
  ]
}

export function membershipFilters(): Filter[] {
  return [{ kind: 'choices', key: 'status', label: '状态', options: statuses.options() }]
}

// What the address bar says is judged by the API.
const chosen = (values: FilterValues) => [...(values['status'] ?? [])] as Schemas['MemberStatus'][]

export function askMembers(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Member>> {
  const query = { name: single(values, 'name') ?? '', status: chosen(values), cursor: cursor || null }
  return answered(api.GET('/api/declaration/group-members', { params: { query }, signal }))
}

export function askMemberships(values: FilterValues, cursor: string, signal: AbortSignal): Promise<Page<Membership>> {
  const query = { status: chosen(values), cursor: cursor || null }
  return answered(api.GET('/api/declaration/group-memberships', { params: { query }, signal }))
}

/** One that was asked, as its head may call it. */
export async function readMember(id: string, signal: AbortSignal): Promise<{ name: string }> {
  const answer = await answered(api.GET('/api/declaration/group-memberships/{member_id}', { params: { path: { member_id: id } }, signal }))
  return { name: answer.employer_name }
}

export async function readGroup(signal?: AbortSignal): Promise<Group | null> {
  const answer = await answered(api.GET('/api/declaration/groups/current', signal ? { signal } : {}))
  return answer.group
}

export function makeGroup(name: string): Promise<Group> {
  return answered(api.POST('/api/declaration/groups', { body: { name }, headers: once() }))
}

/** Until somebody else has renamed it (412). */
export function renameGroup(group: Group, name: string): Promise<Group> {
  return answered(api.PATCH('/api/declaration/groups/{group_id}', { params: { path: { group_id: group.id } }, body: { name }, headers: since(group) }))
}

export function invite(body: Schemas['Invitation']): Promise<Member> {
  return answered(api.POST('/api/declaration/group-members', { body, headers: once() }))
}

export function submit(ids: string[]): Promise<Schemas['SubmitsRead']> {
  return answered(api.POST('/api/declaration/group-members/submissions', { body: { member_ids: ids }, headers: once() }))
}

/** Until when, or that nobody knows. */
export function dueWords(row: Member): string {
  if (!row.due) return ''
  return row.due.last_day ? `${row.due.kind_label}，${row.due.last_day} 前` : row.due.kind_label
}

export function problemWords(row: Member): string {
  const problems = row.declaration?.problems
  if (problems === null || problems === undefined) return ''
  return problems ? `还有 ${problems} 处需要修改` : '可以提交'
}
