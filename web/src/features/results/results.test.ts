import { expect, test } from 'vitest'

import { activeFilters } from '@/kit/filters'
import { ANY_DAY, certificatesOf, filters, numbered, type PersonRow } from '@/features/results/results'

const row = (person: string, certificate: string | null) => ({ registration_id: person, certificate_id: certificate }) as unknown as PersonRow

test('a person with several categories has one number and one certificate', () => {
  const rows = [row('a', 'c1'), row('a', 'c1'), row('b', null), row('c', 'c2')]
  expect(numbered(rows).map((each) => each.number)).toEqual([1, 1, 2, 3])
  expect(certificatesOf(rows)).toEqual(['c1', 'c2'])
})

test('the days that hide something by themselves are told, and all days are one press away', () => {
  const declared = filters([], '2027-03-09')
  expect(activeFilters(declared, {}).map((each) => each.text)).toEqual(['2027-01-01', '2027-03-09'])
  expect(Object.keys(ANY_DAY)).toEqual(declared.filter((each) => each.kind === 'date').map((each) => each.key))
})
