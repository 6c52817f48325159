/** Where a declaration stands, for the stepper: the words of the states are the API's. */
import type { Declaration } from '@/features/declarations/declaration'
import { statuses } from '@/features/declarations/list'
import { beijingTime } from '@/kit/beijing'
import type { Step } from '@/kit/StatusStepper.vue'

type Status = Declaration['status']
const END: readonly Status[] = ['approved', 'rejected']
const WAY: readonly Status[] = ['draft', 'pending', 'approved']

export function stepsOf(record: Declaration): Step[] {
  const here = END.includes(record.status) ? WAY.length - 1 : WAY.indexOf(record.status)
  const notes = [record.declared_on, record.pending_since && beijingTime(record.pending_since), record.reviewed_at && beijingTime(record.reviewed_at)]
  return WAY.map((status, index) => {
    const isEnd = index === here && END.includes(record.status)
    const ended = record.status === 'rejected' ? 'wrong' : 'done'
    return {
      label: isEnd ? record.status_label : statuses.label(status),
      note: index <= here ? [notes[index], index === here ? record.reviewer_name : ''].filter(Boolean).join('，') : undefined,
      state: isEnd ? ended : index < here ? 'done' : index === here ? 'here' : 'next',
    }
  })
}
