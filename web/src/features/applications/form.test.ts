import { expect, test } from 'vitest'

import { answerIn, isBlank, labelOf, LAST_STEP, PLEDGE_STEP, stepOf, type Definition, type Field } from '@/features/applications/form'

function field(name: string, kind = 'text'): Field {
  return { name, label: `“${name}”`, required: false, help: '', kind, choices: [], wide: false }
}

const DEFINITION: Definition = {
  title: '',
  sections: [
    { title: '一', fields: [field('unit_name'), field('unit_kinds', 'several')] },
    { title: '二', fields: [field('phone', 'mobile')] },
    { title: '三', fields: [field('permissions', 'several')] },
  ],
  permission_groups: [],
  pledge_title: '',
  pledge_text: '',
  pledge: field('pledge_accepted', 'pledge'),
  remarks: field('remarks', 'lines'),
}

test('a refused field is put right in its step, and the code in the last', () => {
  expect(['unit_kinds', 'phone', 'permissions', 'remarks', 'code'].map((each) => stepOf(DEFINITION, each))).toEqual([0, 1, 2, PLEDGE_STEP, LAST_STEP])
  expect([labelOf(DEFINITION, 'phone'), labelOf(DEFINITION, 'code')]).toEqual(['“phone”', ''])
})

test('what a draft does not have is blank in the shape of its field', () => {
  const draft = { unit_name: null, unit_kinds: ['other' as const], pledge_accepted: true }
  const answers = [field('unit_name'), field('unit_kinds', 'several'), field('pledge_accepted', 'pledge'), field('permissions', 'several')]
  expect(answers.map((each) => answerIn(draft, each))).toEqual(['', ['other'], true, []])
  expect(['', [], false, undefined, '0', ['x'], true].map((each) => isBlank(each))).toEqual([true, true, true, true, false, false, false])
})
