import { expect, it } from 'vitest'
import { checkSettings } from '../../src/config/settings-check.ts'
import { file } from './file.ts'

it('settings of Flume that change nothing here are accepted, with a note', () => {
  const entry = (key: string, value: string) => ({ key, value, file: 'a.properties', line: 1, raw: value })
  const given = { 'use-fast-replay': 'true', checkpointInterval: '1000', 'write-timeout': '3', capacity: '10000' }
  const entries = new Map(Object.entries(given).map(([key, value]) => [key, entry(key, value)]))
  const owner = { title: 'channel c1', prefix: '', at: entry('type', 'file'), others: [] }
  const { findings } = checkSettings(file, entries, owner)
  expect(findings.map(({ level, says }) => `${level} ${says}`)).toEqual([
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
