/** The dictionaries whose entries are a name in an order, as their keeper has them: 专业类别, 从事科室, 职务 (AUTH-31, TRN-28, TRN-45). */
import { answered, api, once, since, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column } from '@/kit/columns'

export interface Entry {
  code: string
  label: string
  position: number
  active: boolean
  version: number
  allowed_actions: Schemas['AllowedAction'][]
  group?: string
  editable_fields?: string[]
}
export interface TypedEntry {
  label: string
  position: string
  group: string
}
interface Tab {
  key: string
  label: string
  reason: null
  to: { name: string }
}
/** `about` stands above the list; `renaming` is said of a name while it is changed, `fixed` of one that stays. `grouped`
 * where an entry stands under one of the headings that the others have. */
export interface Dictionary {
  key: string
  things: string
  about: string
  renaming: string
  fixed: string
  tabs: readonly Tab[]
  tabsLabel: string
  columns: readonly Column<Entry>[]
  grouped?: true
  list: (signal: AbortSignal) => Promise<Entry[]>
  read: (code: string) => Promise<Entry>
  create: (typed: TypedEntry) => Promise<Entry>
  change: (changes: Partial<TypedEntry>, entry: Entry) => Promise<Entry>
  remove: (entry: Entry) => Promise<unknown>
}
const statuses = words('auth', 'OrganisationStatus')

export function stateOf(entry: { active: boolean }): { label: string; colour: string } {
  const code = entry.active ? 'active' : 'disabled'
  return { label: statuses.label(code), colour: statuses.colour(code) }
}

/** As the API takes a number that was typed; what is none, it judges; blank is the place behind all others. */
export function place(typed: string | undefined): number | null {
  const text = typed?.trim() ?? ''
  return text ? ((/^\d+$/.test(text) ? Number(text) : text) as number) : null
}

export const at = (code: string) => ({ params: { path: { code } } })
const plain = (typed: Partial<TypedEntry>) => ({ label: typed.label ?? null, position: place(typed.position) })

function columns(label: string, ...more: Column<Entry>[]): readonly Column<Entry>[] {
  return [
    { key: 'label', label, value: (row) => row.label },
    ...more,
    { key: 'position', label: '排列顺序', value: (row) => String(row.position), number: true },
    { key: 'state', label: '状态', unbroken: true },
    { key: 'operations', label: '操作' },
  ]
}

const tab = (key: string, label: string, name: string): Tab => ({ key, label, reason: null, to: { name } })
export const TYPE_TABS = [tab('types', '培训班类型', 'class_types'), tab('specialties', '专业类别', 'specialties')]
const PERSONNEL_TABS = [tab('departments', '从事科室', 'personnel_dictionaries'), tab('duties', '职务', 'duties')]
const personnel = {
  about: '填写人员信息时从中选择，也可以自行填写。学历、学位、职称、民族和医师资格按国家标准随平台提供，不在此维护。',
  renaming: '已填写的人员信息保持原来的名称',
  fixed: '',
  tabs: PERSONNEL_TABS,
  tabsLabel: '人员字典',
}

export const SPECIALTIES: Dictionary = {
  key: 'specialties',
  things: '专业类别',
  about: '',
  renaming: '',
  fixed: '已有已发布的培训计划使用，证书上也用此名称，不能再修改',
  tabs: TYPE_TABS,
  tabsLabel: '培训班类型与专业',
  columns: columns('专业类别'),
  list: (signal) => answered(api.GET('/api/training/specialties', { signal })),
  read: (code) => answered(api.GET('/api/training/specialties/{code}', at(code))),
  create: (typed) => answered(api.POST('/api/training/specialties', { body: { label: typed.label, position: place(typed.position) }, headers: once() })),
  change: (changes, entry) => answered(api.PATCH('/api/training/specialties/{code}', { ...at(entry.code), body: plain(changes), headers: since(entry) })),
  remove: (entry) => answered(api.DELETE('/api/training/specialties/{code}', { ...at(entry.code), headers: since(entry) })),
}

export const DEPARTMENTS: Dictionary = {
  ...personnel,
  key: 'departments',
  things: '从事科室',
  columns: columns('从事科室', { key: 'group', label: '分组', value: (row) => row.group ?? '' }),
  list: (signal) => answered(api.GET('/api/training/departments', { signal })),
  grouped: true,
  read: (code) => answered(api.GET('/api/training/departments/{code}', at(code))),
  create: (typed) =>
    answered(api.POST('/api/training/departments', { body: { label: typed.label, position: place(typed.position), group: typed.group }, headers: once() })),
  change: (changes, entry) =>
    answered(
      api.PATCH('/api/training/departments/{code}', { ...at(entry.code), body: { ...plain(changes), group: changes.group ?? null }, headers: since(entry) }),
    ),
  remove: (entry) => answered(api.DELETE('/api/training/departments/{code}', { ...at(entry.code), headers: since(entry) })),
}

export const DUTIES: Dictionary = {
  ...personnel,
  key: 'duties',
  things: '职务',
  columns: columns('职务'),
  list: (signal) => answered(api.GET('/api/training/duties', { signal })),
  read: (code) => answered(api.GET('/api/training/duties/{code}', at(code))),
  create: (typed) => answered(api.POST('/api/training/duties', { body: { label: typed.label, position: place(typed.position) }, headers: once() })),
  change: (changes, entry) => answered(api.PATCH('/api/training/duties/{code}', { ...at(entry.code), body: plain(changes), headers: since(entry) })),
  remove: (entry) => answered(api.DELETE('/api/training/duties/{code}', { ...at(entry.code), headers: since(entry) })),
}
