import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { watchFiles } from './watch.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-watch-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('watchFiles', () => {
  it('reports appends to the files it was given, also to a new file of the same name', async () => {
    const path = join(folder, 'log')
    writeFileSync(path, '')
    let events: string[] = []
    await using watch = await watchFiles((changed) => events.push(changed), new RecordingLog())
    watch.add(path)
    const reported = (): boolean => {
      appendFileSync(path, 'x\n')
      return events.includes(path)
    }
    await until(reported, 'an append to be reported')
    renameSync(path, `${path}.1`)
    watch.remove(path)
    writeFileSync(path, '')
    watch.add(path)
    events = []
    await until(reported, 'an append to the new file to be reported')
    expect(new Set(events)).toEqual(new Set([path]))
  })

  it('minds no file that is not there', async () => {
    const log = new RecordingLog()
    await using watch = await watchFiles(() => {}, log)
    watch.add(join(folder, 'none'))
    watch.remove(join(folder, 'never'))
    await new Promise((resolve) => void setImmediate(resolve))
    expect(log.lines).toEqual([])
  })
})
