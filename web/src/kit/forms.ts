/** A form as the API defines it: which fields there are, their names, stars, help and choices. Nothing of it is known here beforehand. */
import type { Schemas } from '@/api/client'
import type { Labels } from '@/kit/labels'

export type Definition = Schemas['RecordFormRead']
export type Field = Schemas['RecordFormField']
export type Choice = Schemas['RecordFormChoice']
export type Entry = Schemas['DictionaryEntry']
export type Dictionaries = Readonly<Record<string, readonly Entry[]>>
/** What stands in a field: text, or what was chosen of several. Blank is '' or []; a switch that is on is ON. */
export type Value = string | string[]
export type Values = Record<string, Value>
/** As the API takes it: a blank field as null, or as [] where several may be chosen. */
export type Sent = Record<string, string | number | boolean | string[] | string[][] | null>
/** Whether a field can be changed now, and why it still can or cannot, by its name. */
export type Editing = Readonly<Record<string, { editable: boolean; reason: string }>>
export const ON = 'true'
const SWITCH = 'switch'
/** What is put together of what was chosen elsewhere: each bundle is its codes with a blank between them. */
const GROUPS = 'groups'
const BETWEEN = ' '

const TEXT_AFTER = '：'
const WIDE_FROM = 200

export function fieldsOf(definition: Definition): Field[] {
  return definition.sections.flatMap((section) => section.fields)
}

/** With these fields alone, and no empty section. */
export function onlyOf(definition: Definition, wanted: (field: Field) => boolean): Definition {
  const sections = definition.sections.map((section) => ({ ...section, fields: section.fields.filter(wanted) }))
  return { ...definition, sections: sections.filter((section) => section.fields.length > 0) }
}

/** Without the fields that have a route of their own. */
export function withoutApart(definition: Definition): Definition {
  return onlyOf(definition, (field) => !field.apart)
}

export function labelsOf(definition: Definition): Labels {
  return Object.fromEntries(fieldsOf(definition).map((field) => [field.name, field.label]))
}

function isBlank(value: Value | undefined): boolean {
  return value === undefined || value.length === 0
}

export function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Whether the form as it stands has this field. */
export function isShown(field: Field, values: Values): boolean {
  const when = field.shown_when
  const now = when && values[when.field]
  return !when || when.values.some((each) => (Array.isArray(now) ? now.includes(each) : now === each))
}

/** What a record says, field by field, of those that are not hidden; a form that is begun when there is none. */
export function valuesOf(definition: Definition, record: object | null): Values {
  const given = new Map<string, unknown>(Object.entries(record ?? {}))
  const all = Object.fromEntries(fieldsOf(definition).map((field) => [field.name, valueIn(given.get(field.name), field)]))
  const hidden = fieldsOf(definition).filter((field) => !isShown(field, all))
  return { ...all, ...Object.fromEntries(hidden.map((field) => [field.name, valueIn(undefined, field)])) }
}

export function codesOf(group: string): string[] {
  return group.split(BETWEEN)
}

export function groupOf(codes: readonly string[]): string {
  return [...codes].sort().join(BETWEEN)
}

/** The code of an entry that has its label beside it. */
function codeIn(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'code' in entry ? String(entry.code) : String(entry)
}

function valueIn(given: unknown, field: Field): Value {
  if (Array.isArray(given)) return given.map((each: unknown) => (Array.isArray(each) ? groupOf(each.map(codeIn)) : codeIn(each)))
  if (field.kind === 'several' || field.kind === GROUPS) return []
  if (typeof given === 'boolean') return field.kind === SWITCH && !given ? '' : String(given)
  return typeof given === 'string' || typeof given === 'number' ? String(given) : ''
}

/** What of `now` the API is told of: all that is filled in, or, beside a `base`, all that is another. */
export function sentOf(definition: Definition, now: Values, base?: Values): Sent {
  const shown = fieldsOf(definition).filter((field) => isShown(field, now))
  const wanted = shown.filter(({ name }) => (base ? !isSame(now[name], base[name]) : !isBlank(now[name])))
  return Object.fromEntries(wanted.map((field) => [field.name, sent(now[field.name] ?? '', field)]))
}

function sent(value: Value, field: Field): Sent[string] {
  if (Array.isArray(value)) return field.kind === GROUPS ? value.map(codesOf) : value
  if (field.kind === SWITCH) return value === ON
  if (!value) return null
  return field.kind === 'number' && /^-?\d{1,9}$/.test(value) ? Number(value) : value
}

/** What was untouched takes over from `next`; what was typed stays. */
export function rebased(values: Values, base: Values, next: Values): Values {
  return Object.fromEntries(Object.entries(next).map(([name, value]) => [name, isSame(values[name], base[name]) ? value : (values[name] ?? value)]))
}

/** What is in a field as people read it. */
export function wordsOf(field: Field | undefined, value: unknown, dictionaries: Dictionaries): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((each) => wordsOf(field, each, dictionaries)).join('、')
  const code = codeIn(value)
  if (field?.kind === GROUPS && code.includes(BETWEEN)) return codesOf(code).map((each) => wordsOf(field, each, dictionaries)).join('＋')
  const entries = field?.dictionary ? dictionaries[field.dictionary] : undefined
  const known = entries?.find((entry) => entry.code === code)?.label ?? field?.choices.find((choice) => choice.value === code)?.label
  if (known === undefined && typeof value === 'boolean') return value ? '是' : '否'
  return known ?? code
}

/** Long texts and lists have a row of their own; a matter of looks, as nothing else here. */
export function isWide(field: Field): boolean {
  return ['several', 'lines', 'region', GROUPS].includes(field.kind) || Math.max(field.max_length ?? 0, field.max_bytes ?? 0) >= WIDE_FROM
}

/** The value that stands for this choice among what was chosen, with its text where it has one. */
export function chosenAs(choice: Choice, chosen: readonly string[]): string | undefined {
  return chosen.find((each) => each === choice.value || (choice.with_text && each.startsWith(choice.value + TEXT_AFTER)))
}

export function textOf(choice: Choice, chosen: readonly string[]): string {
  return chosenAs(choice, chosen)?.slice(choice.value.length + TEXT_AFTER.length) ?? ''
}

export function withText(choice: Choice, chosen: readonly string[], text: string): string[] {
  const before = chosenAs(choice, chosen)
  return chosen.map((each) => (each === before ? choice.value + (text ? TEXT_AFTER + text : '') : each))
}

/** What is chosen after this choice was pressed: what it stands under comes with it, and what stands under it goes with it. */
export function pressed(choice: Choice, choices: readonly Choice[], chosen: readonly string[]): string[] {
  const had = chosenAs(choice, chosen)
  if (had === undefined) return [...new Set([...chosen, ...(choice.under ? [choice.under] : []), choice.value])]
  const below = choices.filter((each) => each.under === choice.value).map((each) => each.value)
  return chosen.filter((each) => each !== had && !below.includes(each))
}

/** The entries that match what was typed: part of the name, or pinyin initials (TRN-22). */
export function found(entries: readonly Entry[], typed: string): readonly Entry[] {
  const wanted = typed.trim().toLowerCase()
  if (!wanted) return entries
  return entries.filter((entry) => entry.label.toLowerCase().includes(wanted) || entry.pinyin.toLowerCase().includes(wanted))
}
