/** Who has not chosen yet, as the API has it (STAFF-16). */
import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { beijingTime } from '@/kit/beijing'
import type { Column, Page } from '@/kit/columns'
import { single, type Filter, type FilterValues, type Option } from '@/kit/filters'
import { regionPrefix } from '@/kit/regions'

export type Progress = Schemas['ProgressRead']
export type Unit = Schemas['UnitProgress']
export const statuses = words('training', 'SelectionStatus')

const at = (planId: string) => ({ path: { plan_id: planId } })

export function readProgress(planId: string, signal: AbortSignal): Promise<Progress> {
  return answered(api.GET('/api/training/selection-progress/{plan_id}', { params: at(planId), signal }))
}

export function askUnits(planId: string): (values: FilterValues, cursor: string, signal: AbortSignal) => Promise<Page<Unit>> {
  return (values, cursor, signal) => {
    const query = { ...queryOf(values), cursor: cursor || null }
    return answered(api.GET('/api/training/selection-progress/{plan_id}/units', { params: { ...at(planId), query }, signal }))
  }
}

/** The units that these filters let through, as a sheet. */
export function exportUnits(planId: string): (values: FilterValues) => Promise<unknown> {
  return (values) => {
    const params = { query: { ...queryOf(values), plan_id: planId } }
    return answered(api.GET('/api/training/exports/selection-progress.xlsx', { params, parseAs: 'blob' }))
  }
}

function queryOf(values: FilterValues) {
  const region = regionPrefix(single(values, 'region_code') ?? '')
  const unplaced = single(values, 'unplaced')
  return {
    unit_name: single(values, 'unit_name') ?? '',
    status: [...(values['status'] ?? [])] as Schemas['SelectionStatus'][],
    ...(region ? { region_code: region } : {}),
    ...(unplaced ? { unplaced: unplaced === 'true' } : {}),
  }
}

/** One unit, or, without, all that can be reminded. */
export function remind(planId: string, unitId?: string): Promise<Schemas['RemindersRead']> {
  const body = unitId ? { unit_ids: [unitId] } : {}
  return answered(api.POST('/api/training/selection-progress/{plan_id}/reminders', { params: at(planId), body, headers: once() }))
}

/** The one line that matters. */
export function summary(progress: Progress): string {
  const left = progress.people_left
    ? `还有 ${progress.units_left} 家单位 ${progress.people_left} 人没有选班`
    : `${progress.units} 家单位的 ${progress.people} 人都已选班`
  if (!progress.open) return `${left}；选班${progress.opens_at ? `将于 ${beijingTime(progress.opens_at)} 开放` : '尚未开放'}`
  if (progress.days_left === null) return `${left}；选班已全部截止`
  return `${left}，${progress.days_left === 0 ? '今天' : `${progress.days_left} 天后（${progress.next_deadline}）`}截止`
}

export function columns(progress: Progress): readonly Column<Unit>[] {
  return [
    { key: 'unit', label: '单位', value: (row) => row.unit_name },
    { key: 'status', label: '状态', unbroken: true },
    { key: 'approved', label: '审核通过', value: (row) => String(row.approved), number: true },
    { key: 'placed', label: '已选班', value: (row) => String(row.placed), number: true },
    { key: 'unplaced', label: '未选班', number: true },
    ...progress.sessions.map((session): Column<Unit> => ({
      key: session.class_session_id,
      label: `第${session.session_no}期（${session.taken}/${session.capacity}）`,
      value: (row) => String(row.seats.find((each) => each.class_session_id === session.class_session_id)?.people ?? 0),
      number: true,
    })),
    { key: 'touched', label: '最近操作', value: (row) => (row.touched_at ? beijingTime(row.touched_at) : '—') },
    { key: 'reminded', label: '上次提醒', value: (row) => (row.reminded_at ? `${beijingTime(row.reminded_at)} ${row.reminded_by ?? ''}` : '—') },
    { key: 'remind', label: '操作' },
  ]
}

export function filters(regions: Option[]): Filter[] {
  return [
    { kind: 'text', key: 'unit_name', label: '单位名称', maxlength: 100 },
    { kind: 'choices', key: 'status', label: '状态', options: statuses.options() },
    {
      kind: 'choice',
      key: 'unplaced',
      label: '有人没有选班',
      options: [
        { value: 'true', label: '是' },
        { value: 'false', label: '否' },
      ],
    },
    { kind: 'choice', key: 'region_code', label: '行政区划', options: regions },
  ]
}
