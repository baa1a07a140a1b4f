/** A setting of the broker either does something, or says that it does not: every row that is not marked is read somewhere. */
import { expect, it } from 'vitest'
import { brokerSettings } from '../../src/broker/config-table.ts'
import type { KafkaRow } from '../../src/broker/config-kinds.ts'
import { brokerTwins, topicSettings } from '../../src/broker/topics/topic-settings.ts'
import { projectFiles, read } from './tree.ts'

/** Where the tables themselves stand. */
const tables = /config-(?:log|network|operation|security|group)\.ts$|\/(?:group|topic)-settings\.ts$/

const source = projectFiles()
  .filter((file) => file.startsWith('src/broker/') && file.endsWith('.ts') && !/\.(?:test|fuzz)\.ts$/.test(file))
  .filter((file) => !tables.test(file))
  .map(read)
  .join('\n')

/** By its whole name, or by one that is put together, as those of groups of the newer protocol. */
const isRead = (name: string): boolean => {
  const [, ofGroup] = /^group\.consumer\.(.+)/.exec(name) ?? []
  return (
    [name, ofGroup].some((one) => one !== undefined && source.includes(`'${one}'`)) ||
    source.includes(`settings.${name}`)
  )
}
const twins = new Set(Object.values(brokerTwins).flatMap((list) => list.map(([name]) => name)))

const unread = (rows: Readonly<Record<string, KafkaRow<unknown>>>): string[] =>
  Object.entries(rows).flatMap(([name, { idle }]) =>
    idle !== undefined || isRead(name) || twins.has(name) ? [] : [name],
  )

it('every setting of the broker and of topics that is not marked as idle is read', () => {
  expect(unread(brokerSettings)).toEqual([])
  expect(unread(topicSettings)).toEqual([])
})
