/** The pages of 统计. */
export const TABS = [
  { key: 'training', label: '培训', reason: null, to: { name: 'training_statistics' } },
  { key: 'expiry', label: '证书到期', reason: null, to: { name: 'certificate-expiry' } },
]
