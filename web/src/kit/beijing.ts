/** Dates and times as everybody in the province reads them: Beijing's, whatever the computer's clock is set to. */

const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
const MOMENT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
})

/** `2026-03-09` of a moment. */
export function beijingDay(moment: Date): string {
  return DAY.format(moment)
}

/** `2026-03-09 14:05` of a moment as the API writes it. */
export function beijingTime(moment: string): string {
  return MOMENT.format(new Date(moment))
}

/** `14:05`, now. */
export function beijingClock(): string {
  return MOMENT.format(new Date()).slice(-5)
}
