/** Where `topic.properties` is gone, a topic must not go on as if it had never had settings. */
import { expect, test } from 'vitest'
import { storeBench, type StoreBench } from '../../../test/fakes/topic-store.ts'

const compact = new Map([['cleanup.policy', 'compact']])

/** A store that had this topic, and lost its settings after a stop. `noted`: a partition of it was compacted. */
const lost = async (name: string, noted: string): Promise<StoreBench> => {
  const home = storeBench()
  const store = await home.start()
  store.create({ name, configs: compact })
  await store[Symbol.asyncDispose]()
  home.disk.unlink(`/logs/${name}-0/topic.properties`)
  home.disk.plant('/logs/cleaner-offset-checkpoint', Buffer.from(`0\n1\n${noted} 0 0\n`))
  return home
}

test('a topic that was compacted keeps all its records, and it is said', async () => {
  const home = await lost('t', 't')
  const { settings } = (await home.start()).partition('t', 0)
  expect(settings).toMatchObject({ retentionMs: -1, retentionBytes: -1 })
  expect(home.said.of('warn')).toEqual([
    'The settings of topic t are lost, damaged or cannot be read; it goes on with the defaults, and keeps all records.',
  ])
})

test('a topic of the broker goes on compacted', async () => {
  const home = await lost('__consumer_offsets', 'other')
  const { settings } = (await home.start()).partition('__consumer_offsets', 0)
  expect(settings).toMatchObject({ isCompacted: true, isDeleted: false })
  expect(home.said.of('warn')).toEqual([
    'The settings of topic __consumer_offsets are lost, damaged or cannot be read; it goes on with those that the broker gives it.',
  ])
})

test.each([
  ['was never compacted', 'other', new Map<string, string>()],
  ['is compacted by default', 't', new Map([['log.cleanup.policy', 'compact']])],
])('a topic without settings of its own that %s is nothing to warn of', async (_, noted, given) => {
  const home = await lost('t', noted)
  const { settings } = (await home.start({ given })).partition('t', 0)
  expect(settings.retentionMs).toBe(604_800_000)
  expect(home.said.of('warn')).toEqual([])
})

test('nor is one that got the name of a compacted topic', async () => {
  const home = await lost('old', 't')
  const store = await home.start()
  store.create({ name: 't' })
  await store[Symbol.asyncDispose]()
  home.said.lines.length = 0
  expect((await home.start()).partition('t', 0).settings.retentionMs).toBe(604_800_000)
  expect(home.said.of('warn')).toEqual([])
})
