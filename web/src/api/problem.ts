/** A refusal as the API words it (RFC 9457, PLAT-01), and the one for when no answer came at all. */

export interface FieldProblem {
  field: string
  code: string
  message: string
}

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: FieldProblem[]
  /** Further members of the document, such as a ticket for the next step. */
  readonly extra: Record<string, unknown>

  constructor(status: number, code: string, detail: string, errors: FieldProblem[] = [], extra: Record<string, unknown> = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = errors
    this.extra = extra
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The body of a refused request; one that is no problem document (a proxy's page) is told as such. */
export function readProblem(status: number, body: unknown): Problem {
  if (!isRecord(body) || !text(body['code'])) return new Problem(status, 'unreadable', `系统暂时没有响应（${status}），请稍后重试`)
  const errors = Array.isArray(body['errors']) ? body['errors'].filter(isRecord) : []
  return new Problem(
    status,
    text(body['code']),
    text(body['detail']),
    errors.map((each) => ({ field: text(each['field']), code: text(each['code']), message: text(each['message']) })),
    body,
  )
}

/** Whatever was thrown while asking. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(0, 'no_answer', '没有连接到平台，请检查网络后重试')
}
