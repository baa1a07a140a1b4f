/** What a topic's settings do not do here is said when they come, and once at every start. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerBench, brokerBench, type BrokerPeer } from '../../test/fakes/broker.ts'
import { alterConfigs } from '../protocol/messages/alter-configs.ts'
import { createTopics } from '../protocol/messages/create-topics.ts'
import { incrementalAlterConfigs } from '../protocol/messages/incremental-alter-configs.ts'

const TOPIC = 2
const [SET, DELETE] = [0, 1]

let bench: BrokerBench
let peer: BrokerPeer

const begin = async (started: Promise<BrokerBench>): Promise<void> => {
  bench = await started
  peer = await bench.peer()
}
beforeEach(() => begin(brokerBench()))
afterEach(() => bench[Symbol.asyncDispose]())

const said = (): string[] => bench.said.of('info').filter((line) => line.includes('without effect here'))

const create = async (topic: string, settings: Record<string, string>, validateOnly = false): Promise<void> => {
  const configs = Object.entries(settings).map(([name, value]) => ({ name, value }))
  const asked = { topic, numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs }
  const { topics } = await peer.call(createTopics, 4, { topics: [asked], timeoutMs: 1000, validateOnly })
  expect(topics[0]?.errorCode).toBe(0)
}

const change = async (topic: string, name: string, op: number, value: string | null, validateOnly = false) => {
  const resources = [{ resourceType: TOPIC, resourceName: topic, configs: [{ name, op, value }] }]
  const answer = await peer.call(incrementalAlterConfigs, 1, { resources, validateOnly })
  expect(answer.resources[0]?.errorCode).toBe(0)
}

const alone = '(one broker has no followers, no controller and no peers)'
const grows = '(files grow as they are written)'

test('a topic that is created with some is told of them in one line', async () => {
  await create('looked', { preallocate: 'true' }, true)
  await create('plain', { 'retention.ms': '1000' })
  expect(said()).toEqual([])
  await create('t', { 'retention.ms': '5', preallocate: 'true', 'leader.replication.throttled.replicas': '*', 'follower.replication.throttled.replicas': '*' }) // prettier-ignore
  expect(said()).toEqual([
    `Topic t: accepted, but without effect here: follower.replication.throttled.replicas, leader.replication.throttled.replicas ${alone}; preallocate ${grows}.`,
  ])
})

test('a change tells of the settings that it sets, and of no others', async () => {
  await create('t', { preallocate: 'true' })
  bench.said.lines.length = 0
  await change('t', 'retention.ms', SET, '1000')
  await change('t', 'unclean.leader.election.enable', SET, 'true', true)
  await change('t', 'preallocate', DELETE, null)
  expect(said()).toEqual([])
  await change('t', 'unclean.leader.election.enable', SET, 'true')
  const line = `Topic t: accepted, but without effect here: unclean.leader.election.enable ${alone}.`
  expect(said()).toEqual([line])
  const configs = [{ name: 'preallocate', value: 'true' }]
  await peer.call(alterConfigs, 1, {
    resources: [{ resourceType: TOPIC, resourceName: 't', configs }],
    validateOnly: false,
  })
  expect(said()).toEqual([line, `Topic t: accepted, but without effect here: preallocate ${grows}.`])
})

test('a start tells of those of all topics in one line, however many topics there are', async () => {
  for (let i = 10; i < 24; i++) await create(`t${i}`, { preallocate: 'true' })
  await create('last', { 'message.format.version': '0.10.2', preallocate: 'false' })
  await begin(bench.again())
  expect(said()).toEqual([
    'Settings of topics that are accepted, but without effect here: message.format.version of last ' +
      '(records are always stored in format 2, and every version of the protocol is served); ' +
      `preallocate of last, t10, t11, t12, t13, t14, t15, t16, t17, t18 and 5 more ${grows}.`,
  ])
  const other = await brokerBench()
  expect(other.said.of('info').join()).not.toContain('without effect here')
  await other[Symbol.asyncDispose]()
})
