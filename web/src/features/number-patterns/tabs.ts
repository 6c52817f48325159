/** The two pages of 证书编号与模板. */
export const TABS = [
  { key: 'patterns', label: '编号规则', reason: null, to: { name: 'number_patterns' } },
  { key: 'templates', label: '文书模板', reason: null, to: { name: 'document-templates' } },
]
