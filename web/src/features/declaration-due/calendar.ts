/** 工作日历 as the API has it: the days of a year that are otherwise than their weekday says. */
import { answered, api, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import type { Column } from '@/kit/columns'

export type Year = Schemas['CalendarYearRead']
export type Day = Schemas['CalendarDayRead']

export const sources = words('declaration', 'YearSource')

export const COLUMNS: readonly Column<Day>[] = [
  { key: 'day', label: '日期', value: (day) => `${day.day} ${day.weekday}`, unbroken: true },
  { key: 'works', label: '上班或休息', value: (day) => day.works_label },
  { key: 'name', label: '说明', value: (day) => day.name },
  { key: 'kept', label: '来源', value: (day) => (day.kept ? `${day.kept_by_name ?? ''} 设置` : '公布的安排') },
  { key: 'operations', label: '操作' },
]

export function readYear(year: number, signal: AbortSignal): Promise<Year> {
  return answered(api.GET('/api/declaration/calendar-years/{year}', { params: { path: { year } }, signal }))
}

export function tellYear(year: number, complete: boolean): Promise<Year> {
  return answered(api.PUT('/api/declaration/calendar-years/{year}', { params: { path: { year } }, body: { complete } }))
}

export function keepDay(day: string, works: boolean, name: string): Promise<Year> {
  return answered(api.PUT('/api/declaration/calendar-days/{day}', { params: { path: { day } }, body: { works, name } }))
}

export function dropDay(day: string): Promise<Year> {
  return answered(api.DELETE('/api/declaration/calendar-days/{day}', { params: { path: { day } } }))
}
