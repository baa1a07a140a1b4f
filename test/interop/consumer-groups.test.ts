/** Groups beside Apache Kafka 4.3: its tool on our broker prints what ours does, and its consumers share topics by the newer protocol. */
import { beforeAll, describe, expect, it } from 'vitest'
import { Child } from '../support/child.ts'
import { consumerProtocol } from './abilities.ts'
import { sharedBroker } from '../support/broker.ts'
import { kafka43 } from './counterparts/maven.ts'
import { ours, prepare, same } from './groups-tool.ts'
import { witness } from './witness.ts'

const liveMembers = [
  ['--describe', '--group', 'shared'],
  ['--describe', '--group', 'shared', '--members', '--verbose'],
]

/** Apache Kafka's console consumer with the newer protocol. */
const consumer = (bootstrap: string, clientId: string): Child =>
  new Child('java', ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafka43(), 'org.apache.kafka.tools.consumer.ConsoleConsumer', '--bootstrap-server', bootstrap, '--topic', 'three', '--group', 'shared', '--from-beginning', ...['group.protocol=consumer', `client.id=${clientId}`].flatMap((one) => ['--command-property', one])]) // prettier-ignore

describe('on our broker', () => {
  const { bootstrap } = sharedBroker()
  const does = witness('Apache Kafka Java client', '4.3.1')

  beforeAll(() => prepare(bootstrap()))

  it('describes offsets as Apache Kafka does', () => same(bootstrap(), '--describe', '--group', 'reader', '--verbose'))

  for (const ability of consumerProtocol)
    does(ability, async () => {
      await using one = consumer(bootstrap(), 'one')
      await using two = consumer(bootstrap(), 'two')
      const members = /\nshared +\S+ +\S+ +(?:one|two) +[12] .*\nshared +\S+ +\S+ +(?:one|two) +[12] /
      await expect.poll(() => ours(bootstrap(), ['--describe', '--group', 'shared', '--members']), { timeout: 60_000 }).toMatch(members) // prettier-ignore
      await expect.poll(() => one.times(/^line /) + two.times(/^line /), { timeout: 60_000 }).toBe(50)
      // They commit every five seconds; what one tool sees the other is to see, too.
      const committed = (out: string): number => out.match(/^shared +three +\d +(\d+) +\1 +0 /gm)?.length ?? 0
      await expect.poll(async () => committed(await ours(bootstrap(), ['--describe', '--group', 'shared'])), { timeout: 60_000 }).toBe(3) // prettier-ignore
      for (const args of liveMembers) await same(bootstrap(), ...args)
      await one.stop()
      await expect.poll(() => ours(bootstrap(), ['--describe', '--group', 'shared', '--members']), { timeout: 60_000 }).toMatch(/ two +3 +\n$/) // prettier-ignore
      await two.stop()
    })
})
