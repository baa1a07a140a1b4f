/** The lines of Kafka's log that people look for when a topic comes or goes. */
import { expect, test } from 'vitest'
import { storeBench } from '../../../test/fakes/topic-store.ts'

test('every partition that is created is said with its folder and what its topic overrides', async () => {
  const { start, said } = storeBench()
  const store = await start({ folders: ['/a', '/b'] })
  const configs = new Map([['cleanup.policy', 'compact,delete'], ['segment.bytes', '1000']]) // prettier-ignore
  store.create({ name: 'orders', partitions: 2, configs })
  store.create({ name: 'plain', validateOnly: true })
  store.create({ name: 'plain' })
  const ofOrders = 'with properties {cleanup.policy=compact,delete, segment.bytes=1000}.'
  expect(said.of('info')).toEqual([
    `Created log for partition orders-0 in /a/orders-0 ${ofOrders}`,
    `Created log for partition orders-1 in /b/orders-1 ${ofOrders}`,
    'Created log for partition plain-0 in /a/plain-0 with properties {}.',
  ])
  store.grow('orders', 3)
  expect(said.of('info').at(-1)).toBe(`Created log for partition orders-2 in /b/orders-2 ${ofOrders}`)
})

test('every partition that is deleted is said with the folder that it waits in, and one that cannot be is not', async () => {
  const { start, said, disk } = storeBench()
  const store = await start()
  store.create({ name: 't', partitions: 2 })
  said.lines.length = 0
  disk.fail('rename', 'EIO', { path: '/t-0' })
  expect(() => store.delete('t')).toThrow('Topic t cannot be removed')
  expect(said.of('info')).toEqual([
    expect.stringMatching(/^Log for partition t-1 is renamed to \/logs\/t-1\.[\da-f]{32}-delete and is scheduled for deletion$/), // prettier-ignore
  ])
})

test('what a client writes into a setting makes neither a line of its own nor a long one', async () => {
  const { start, said } = storeBench()
  const store = await start()
  const value = `1\nFATAL a line of the broker${'x'.repeat(100_000)}`
  store.create({ name: 't', configs: new Map([['message.format.version', value]]) })
  const [line = ''] = said.of('info')
  expect(line).toMatch(
    /^Created log for partition t-0 in \/logs\/t-0 with properties \{message.format.version=1 FATAL /,
  )
  expect(line.length).toBeLessThan(1100)
})
