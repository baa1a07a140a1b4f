import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { until } from '../../test/fakes/until.ts'
import { isGroupAlive, signalGroup } from './process-group.ts'

describe('process group', () => {
  it('is alive while anybody in it runs, and not for what has ended and was not reaped', async () => {
    const child = spawn('sh', ['-c', 'sleep 1000 & exec sh -c "exit 0"'], { detached: true, stdio: 'ignore' })
    const group = child.pid ?? 0
    await once(child, 'exit')
    expect(isGroupAlive(group)).toBe(true)
    expect(signalGroup(group, 'SIGKILL')).toBe(true)
    await until(() => !isGroupAlive(group), 'the end of the group')
  })

  it('that never was is not alive', () => {
    expect(signalGroup(0x3ffffff, 'SIGTERM')).toBe(false)
    expect(isGroupAlive(0x3ffffff)).toBe(false)
  })
})
