import { describe, expect, it } from 'vitest'

import { whole, type Standing } from '@/features/administration/standing'

const well: Standing = { label: '消息', now: '2026-11-29T10:00:05Z', looked_at: null, megabytes: 9, parked: 0, troubles: [], waiting: [], queues: [], disks: [{ folder: '/files', free_mb: 2048, total_mb: 4096 }], retentions: [{ label: '站内消息', days: 730, source: '', gone: 3, last_gone_at: null, coming: 0 }] }
const trouble = { what: 'parked_event', words: '3 处搁置', step: '运行命令', since: null }

describe('运行状况 of several services', () => {
  it('adds up what they say, and a disk that several see is one', () => {
    const all = whole(['一', '二'], [{ status: 'fulfilled', value: well }, { status: 'fulfilled', value: { ...well, label: '培训', troubles: [trouble] } }])
    expect(all.troubles.map((each) => [each.service, each.words])).toEqual([['培训', '3 处搁置']])
    expect(all.services.map((each) => each.label)).toEqual(['消息', '培训'])
    expect(all.disks).toHaveLength(1)
    expect(all.retentions.map((each) => [each.service, each.gone])).toEqual([['消息', 3], ['培训', 3]])
  })

  it('says of one that does not answer that it does not, and shows the others', () => {
    const all = whole(['一', '二'], [{ status: 'fulfilled', value: well }, { status: 'rejected', reason: new Error('gone') }])
    expect(all.troubles).toHaveLength(1)
    expect(all.troubles[0]?.service).toBe('二')
    expect(all.services).toHaveLength(1)
  })
})
