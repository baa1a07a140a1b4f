/** Groups with Apache Kafka 4.3, what takes longer: our tool on its broker, and its consumers in a group of ours that changes its protocol. */
import { beforeAll, describe, expect, it } from 'vitest'
import { sharedApacheKafka } from '../shared-apache-kafka.ts'
import { Child } from '../../support/child.ts'
import { numberedLines } from '../../support/lines.ts'
import { tool } from '../../support/tool.ts'
import { sharedBroker } from '../../support/broker.ts'
import { kafka43 } from '../counterparts/maven.ts'
import { compared, ours, prepare, same, theirs } from '../groups-tool.ts'
import { witness } from '../witness.ts'

describe('on Apache Kafka', () => {
  const { bootstrap } = sharedApacheKafka()
  beforeAll(() => prepare(bootstrap()))

  it.each(compared.slice(0, 6))('%s %s %s prints what its own tool prints', (...args) => same(bootstrap(), ...args))

  it('our tool resets and deletes', async () => {
    await ours(bootstrap(), ['--reset-offsets', '--group', 'reader', '--topic', 'one', '--to-offset', '7', '--execute'])
    expect(await theirs(bootstrap(), ['--describe', '--group', 'reader'])).toMatch(/ one +0 +7 +50 +43 /)
    expect(await ours(bootstrap(), ['--delete', '--group', 'reader'])).toContain('was successful.')
    expect(await theirs(bootstrap(), ['--list'])).not.toContain('reader')
  })
})

describe('its tool on our broker', () => {
  const { bootstrap } = sharedBroker()

  beforeAll(() => prepare(bootstrap()))

  it.each(compared)('%s %s %s prints what ours prints', (...args) => same(bootstrap(), ...args))

  it('sets and deletes offsets for its tool', async () => {
    await theirs(bootstrap(), [
      '--reset-offsets',
      '--group',
      'reader',
      '--topic',
      'one',
      '--to-offset',
      '7',
      '--execute',
    ])
    expect(await ours(bootstrap(), ['--describe', '--group', 'reader'])).toMatch(/ one +0 +7 +50 +43 /)
    await theirs(bootstrap(), ['--delete-offsets', '--group', 'reader', '--topic', 'one'])
    expect(await ours(bootstrap(), ['--describe', '--group', 'reader'])).not.toMatch(/ one /)
    expect(await theirs(bootstrap(), ['--delete', '--group', 'reader'])).toContain("('reader') was successful.")
    expect(await ours(bootstrap(), ['--list'])).not.toContain('reader')
  })
})

/** What is asked of a group at work. */
const ofLiveGroups = [
  ['--describe', '--group', 'mixed', '--state', '--verbose'],
  ['--reset-offsets', '--group', 'mixed', '--all-topics', '--to-latest', '--dry-run'],
  ['--delete-offsets', '--group', 'mixed', '--topic', 'three'],
  ['--delete', '--group', 'mixed'],
]

describe('a group with members of both protocols', () => {
  const { bootstrap } = sharedBroker()
  const does = witness('Apache Kafka Java client', '4.3.1')

  const consumer = (protocol: 'classic' | 'consumer'): Child => {
    const properties = [`group.protocol=${protocol}`, `client.id=${protocol}`]
    return new Child('java', ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafka43(), 'org.apache.kafka.tools.consumer.ConsoleConsumer', '--bootstrap-server', bootstrap(), '--topic', 'three', '--group', 'mixed', '--from-beginning', ...properties.flatMap((one) => ['--command-property', one])]) // prettier-ignore
  }

  const members = (): Promise<string> => ours(bootstrap(), ['--describe', '--group', 'mixed', '--members'])

  does('a group changes its protocol and back while members are at work', async () => {
    await prepare(bootstrap())
    const send = (from: number, to: number) =>
      tool('kafka-console-producer', ['--bootstrap-server', bootstrap(), '--topic', 'three'], { input: numberedLines(from, to) }) // prettier-ignore
    await using old = consumer('classic')
    await expect.poll(() => old.times(/^line /), { timeout: 60_000 }).toBe(50)
    await using anew = consumer('consumer')
    await expect
      .poll(members, { timeout: 60_000 })
      .toMatch(/ (?:classic|consumer) +[12] +\n[^]* (?:classic|consumer) +[12] +\n/)
    expect(await ours(bootstrap(), ['--list', '--type'])).toMatch(/mixed +Consumer/)
    for (const args of ofLiveGroups) await same(bootstrap(), ...args)
    await send(50, 100)
    await expect.poll(() => old.times(/^line /) + anew.times(/^line /), { timeout: 60_000 }).toBe(100)
    await anew.stop()
    await expect.poll(members, { timeout: 60_000 }).toMatch(/ classic +3 +\n$/)
    expect(await ours(bootstrap(), ['--list', '--type'])).toMatch(/mixed +Classic/)
    await send(100, 150)
    await expect.poll(() => old.times(/^line /) + anew.times(/^line /), { timeout: 60_000 }).toBe(150)
    await old.stop()
  })
})
