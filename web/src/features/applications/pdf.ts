/** The application form as a PDF, empty or filled in. */
import { api } from '@/api/client'
import type { OwnApplication } from '@/features/applications/application'
import { usePdf, type Pdf } from '@/kit/pdf'

export function useBlankPdf(): Pdf {
  return usePdf('申请表', () => api.GET('/api/auth/applications/blank-form.pdf', { parseAs: 'blob' }))
}

export function useFilledPdf(application: OwnApplication): Pdf {
  return usePdf('申请表', () =>
    api.GET('/api/auth/applications/by-number/{number}/form.pdf', { params: application.params(), parseAs: 'blob' }),
  )
}
