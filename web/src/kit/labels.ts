/** What people call the fields of a form, so that a summary of errors says which field it means (FAQ-D11). */
export type Labels = Record<string, string>

/** Whether an error at `at` is one of this field, or of one of the several things in it. */
export function isSameField(at: string, field: string): boolean {
  return at === field || at.startsWith(`${field}.`)
}

/** The message with its field before it, unless it names it already. */
export function named(labels: Labels, field: string, message: string): string {
  const label = labels[field] ?? labels[field.split('.')[0] ?? '']
  return label && !message.includes(label) ? `${label}：${message}` : message
}
