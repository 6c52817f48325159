/** What an account may be granted, in the words and groups of the application form (AUTH-04). Which of it is accepted, the API says. */
import { answered, api, type Schemas } from '@/api/client'

export type Grant = Schemas['Grant']

export interface GrantGroup {
  label: string
  purpose: string
  grants: { value: Grant; label: string }[]
}

/** 用人单位 have this one by signing up, and no form offers it. */
const DECLARATION: { value: Grant; label: string } = { value: 'hazard_declaration', label: '职业病危害项目申报' }

export async function grantGroups(signal: AbortSignal): Promise<GrantGroup[]> {
  const form = await answered(api.GET('/api/auth/applications/form-definition', { signal }))
  const fields = form.sections.flatMap((section) => section.fields)
  const choices = fields.find((field) => field.name === 'permissions')?.choices ?? []
  const labels = new Map(choices.map((choice) => [choice.value, choice.label]))
  return form.permission_groups.map((group) => ({
    label: group.label,
    purpose: group.purpose,
    grants: group.permissions.map((value) => ({ value: value as Grant, label: labels.get(value) ?? value })),
  }))
}

/** The groups with what may be granted there, as the API says it of an organisation. */
export function groupsOf(groups: readonly GrantGroup[], grantable: readonly Grant[]): GrantGroup[] {
  const within = groups.map((group) => ({ ...group, grants: group.grants.filter((grant) => grantable.includes(grant.value)) }))
  return within.filter((group) => group.grants.length > 0)
}

/** The groups from which an account that has these grants may have more. */
export function groupsBeside(groups: readonly GrantGroup[], held: readonly Grant[]): GrantGroup[] {
  const purposes = new Set(
    groups.filter((group) => group.grants.some((grant) => held.includes(grant.value))).map((group) => group.purpose),
  )
  return groups.filter((group) => purposes.has(group.purpose))
}

export function grantWords(groups: readonly GrantGroup[], held: readonly string[]): string {
  const all = [...groups.flatMap((group) => group.grants), DECLARATION]
  return held.map((grant) => all.find((each) => each.value === grant)?.label ?? grant).join('、')
}
