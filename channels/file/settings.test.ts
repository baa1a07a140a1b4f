import { join } from 'node:path'
import { expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { realDisk } from '../../src/io/disk.ts'
import { checkSettings } from '../../src/config/settings-check.ts'
import { file } from './file.ts'

const entry = (key: string, value: string) => ({ key, value, file: 'a.properties', line: 1, raw: value })

/** What is said about settings, each as its level and sentence. */
const findingsOf = (given: Readonly<Record<string, string>>): string[] => {
  const entries = new Map(Object.entries(given).map(([key, value]) => [key, entry(key, value)]))
  const owner = { title: 'channel c1', prefix: '', at: entry('type', 'file'), others: [] }
  return checkSettings(file, entries, owner).findings.map(({ level, says }) => `${level} ${says}`)
}

it('settings of Flume that change nothing here are accepted, with a note', () => {
  const given = { 'use-fast-replay': 'true', checkpointInterval: '1000', 'write-timeout': '3', capacity: '10000' }
  expect(findingsOf(given)).toEqual([
    'note use-fast-replay is not needed here',
    'note checkpointInterval is not needed here',
    'note write-timeout is not needed here',
  ])
})

it('settings that contradict each other are faults, and so is encryption', () => {
  const values = {
    checkpointDir: '/a',
    dataDirs: ['/a'],
    capacity: 10,
    transactionCapacity: 100,
    'encryption.*': new Map([
      ['activeKey', 'k'],
      ['keyProvider', 'JCEKSFILE'],
    ]),
  }
  const found = file.check?.(values) ?? []
  expect(found.map(({ setting }) => setting)).toEqual(['transactionCapacity', 'dataDirs', 'encryption.activeKey'])
  expect(found.at(-1)?.says).toMatch(/cannot be encrypted yet, as encryption\.activeKey, encryption\.keyProvider would/)
})

it.each(['/x/', '/x/.', '/y/../x', '//x'])('a data folder %s is the checkpointDir /x, too', (folder) => {
  expect(findingsOf({ checkpointDir: '/x', dataDirs: `${folder},/y` })).toEqual([
    'fault a data folder is the checkpointDir, too',
  ])
})

it('a data folder that is named twice, in whatever spelling, is used once', async () => {
  using folder = temporaryFolder()
  const at = folder.path
  const values = valuesOf(file.settings, {
    checkpointDir: `${at}/x/`,
    dataDirs: `${at}/y/,${at}/y,${at}/z/../y`,
    minimumRequiredSpace: '1048576',
  })
  await using channel = await file.create(values, fakeContext({ disk: realDisk }))
  await channel.open?.()
  await channel.put(numbered(0, 3))
  expect(realDisk.list(at).toSorted()).toEqual(['x', 'y'])
  expect(realDisk.list(join(at, 'y')).filter((name) => name.endsWith('.data'))).toHaveLength(1)
})
