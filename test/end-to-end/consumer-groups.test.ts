/** kafka-consumer-groups.sh against our broker: the lines it prints, where, and its exit codes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { bin } from '../support/agent.ts'
import { sharedBroker } from '../support/broker.ts'
import { Child } from '../support/child.ts'
import { numberedLines } from '../support/lines.ts'
import { type CliResult, runCli } from '../support/cli.ts'
import { optionTable, tool } from '../support/tool.ts'

const { bootstrap, folder } = sharedBroker()
const at = (...args: string[]): string[] => ['--bootstrap-server', bootstrap(), ...args]
/** In this process: it is called often. */
const groups = (...args: string[]): Promise<CliResult> => runCli('kafka-consumer-groups', ...at(...args))
const row = (...cells: string[]): string => `${cells.map((cell, i) => cell.padEnd([15, 15, 10][i] ?? 0)).join(' ')}\n`
const resetHead = `\n${row('GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET')}`

/** A group that has read so much of a topic of 100 records. */
const read = async (group: string, topic: string, count: number): Promise<void> => {
  await tool('kafka-console-consumer', at('--topic', topic, '--group', group, '--from-beginning', '--max-messages', String(count))) // prettier-ignore
}

beforeAll(async () => {
  for (const topic of ['t', 'u'])
    await tool('kafka-console-producer', at('--topic', topic), { input: numberedLines(0, 100) })
  await read('g1', 't', 50)
  await read('g2', 't', 100)
  await read('g2', 'u', 100)
}, 60_000)

describe('looking', () => {
  it('lists groups, with state and type where asked', async () => {
    expect(await tool('kafka-consumer-groups', at('--list'))).toMatchObject({ code: 0, out: 'g1\ng2\n', err: '' })
    const { out } = await groups('--list', '--state', '--type')
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'GROUP                     TYPE                 STATE',
      'g1                        Classic              Empty',
      'g2                        Classic              Empty',
      '',
    ])
    expect((await groups('--list', '--state', 'stable')).out).not.toContain('g1')
    expect((await groups('--list', '--type', 'classic,consumer')).out).toContain('g1')
  })

  it('describes offsets and lag', async () => {
    expect(await groups('--describe', '--group', 'g1')).toMatchObject({
      code: 0,
      out:
        '\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID\n' +
        'g1              t               0          50              100             50              -               -               -\n',
      err: "\nConsumer group 'g1' has no active members.\n",
    })
    expect((await groups('--describe', '--all-groups', '--verbose')).out).toMatch(
      /LEADER-EPOCH[^]*\ng1 [^]*\ng2 .*\ng2 /,
    )
  })

  it('describes members and state of a group at work', async () => {
    const args = at('--topic', 't', '--group', 'live', '--consumer-property', 'client.id=c', '--consumer-property', 'group.instance.id=i') // prettier-ignore
    await using consumer = new Child(bin('kafka-console-consumer.sh'), args)
    await expect.poll(async () => (await groups('--list')).out, { timeout: 20_000 }).toContain('live')
    const assigned = /c +1 +\n/
    await expect.poll(async () => (await groups('--describe', '--group', 'live', '--members')).out, { timeout: 20_000 }).toMatch(assigned) // prettier-ignore
    const members = await groups('--describe', '--group', 'live', '--members', '--verbose')
    expect(members.out).toMatch(/^\nGROUP +CONSUMER-ID +GROUP-INSTANCE-ID +HOST +CLIENT-ID +#PARTITIONS +CURRENT-EPOCH +CURRENT-ASSIGNMENT +TARGET-EPOCH +TARGET-ASSIGNMENT +\nlive +i-\S+ i +\/127\.0\.0\.1 +c +1 +- +t:0 +- +- +\n$/) // prettier-ignore
    const state = await groups('--describe', '--group', 'live', '--state')
    expect(state.out.replace(/:\d+ /, ':PORT ')).toMatch(/\nlive +127\.0\.0\.1:PORT +\(0\) +range +Stable +1\n$/)
    expect(await groups('--delete', '--group', 'live')).toMatchObject({
      code: 0,
      out: "\nError: Deletion of some consumer groups failed:\n* Group 'live' could not be deleted due to: org.apache.kafka.common.errors.GroupNotEmptyException: The group is not empty.\n",
    })
    expect((await groups('--reset-offsets', '--group', 'live', '--all-topics', '--to-latest', '--dry-run')).out).toBe(
      `\nError: Assignments can only be reset if the group 'live' is inactive, but the current state is Stable.\n${resetHead}`,
    )
    await consumer.stop()
  })

  it('says that a group is not there', async () => {
    const none = await groups('--describe', '--group', 'none')
    expect(none).toMatchObject({
      code: 0,
      out: '\nError: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group none not found.\n',
    })
  })
})

describe('resetting', () => {
  const reset = (group: string, ...args: string[]): Promise<CliResult> => groups('--reset-offsets', '--group', group, ...args) // prettier-ignore
  const shown = (group: string, topic: string, offset: number): string => resetHead + row(group, topic, '0', String(offset)) // prettier-ignore
  const current = async (group: string): Promise<string | undefined> =>
    /\n\S+ +t +0 +(\d+)/.exec((await groups('--describe', '--group', group)).out)?.[1]

  it.each([
    ['--to-earliest', [], 0],
    ['--to-latest', [], 100],
    ['--to-current', [], 50],
    ['--to-offset', ['7'], 7],
    ['--to-offset', ['1000'], 100],
    ['--shift-by', ['-20'], 30],
    ['--shift-by', ['500'], 100],
    ['--to-datetime', ['2020-01-01T00:00:00.000'], 0],
    ['--by-duration', ['P1D'], 0],
  ] as const)('%s %s shows where it would be and changes nothing', async (form, value, offset) => {
    expect(await reset('g1', '--topic', 't', form, ...value, '--dry-run')).toMatchObject({ code: 0, out: shown('g1', 't', offset) }) // prettier-ignore
    expect(await current('g1')).toBe('50')
  })

  it('is done with --execute, for one partition or all topics', async () => {
    expect((await reset('fresh', '--topic', 't:0', '--to-offset', '9', '--execute')).out).toBe(shown('fresh', 't', 9))
    expect(await current('fresh')).toBe('9')
    await reset('fresh', '--all-topics', '--shift-by', '2', '--execute')
    expect(await current('fresh')).toBe('11')
  })

  it('falls back to the end where no record is as late, and says so', async () => {
    const { out } = await reset('g1', '--topic', 't', '--to-datetime', '2100-01-01T00:00:00.000', '--dry-run')
    expect(out).toBe(
      `\nWarn: Partition 0 from topic t is empty. Falling back to latest known offset.\n${shown('g1', 't', 100)}`,
    )
  })

  it('writes files that it reads again', async () => {
    const { out } = await reset('g2', '--all-topics', '--shift-by', '-10', '--dry-run', '--export')
    expect(out).toBe('t,0,90\nu,0,90\n\n')
    const file = join(folder, 'offsets.csv')
    writeFileSync(file, out)
    await reset('fromfile', '--from-file', file, '--execute')
    expect(await current('fromfile')).toBe('90')
    const several = await reset('g1', '--group', 'g2', '--all-topics', '--to-latest', '--export', '--dry-run')
    expect(several.out).toBe('g1,t,0,100\ng2,t,0,100\ng2,u,0,100\n\n')
  })

  it.each([
    ['nope', 'Topic nope'],
    ['t:9', 'Partition t:9'],
  ])('says that %s is not there', async (topic, what) => {
    const { code, out } = await reset('g1', '--topic', topic, '--to-earliest', '--execute')
    const says = `${what} does not exist: This server does not host this topic-partition.`
    expect({ code, out }).toEqual({
      code: 0,
      out: `\nError: Executing consumer group command failed due to ${says}\n`,
    })
  })

  it('warns where neither --execute nor --dry-run is given', async () => {
    const { err, out } = await reset('g1', '--topic', 't', '--to-earliest')
    expect(err).toMatch(/^WARN: No action will be performed as the --execute option is missing\./)
    expect(out).toBe(shown('g1', 't', 0))
  })
})

describe('deleting', () => {
  it('forgets offsets, and groups with all they have', async () => {
    await read('gone', 't', 5)
    await read('gone', 'u', 5)
    expect(await groups('--delete-offsets', '--group', 'gone', '--topic', 'u')).toMatchObject({
      code: 0,
      out: 'Request succeeded for deleting offsets from group gone.\n\nTOPIC           PARTITION  STATUS         \nu               0          Successful     \n',
    })
    expect((await groups('--describe', '--group', 'gone')).out).not.toMatch(/ u /)
    expect(await groups('--delete', '--group', 'gone')).toMatchObject({
      code: 0,
      out: "Deletion of requested consumer groups ('gone') was successful.\n",
    })
    expect((await groups('--list')).out).not.toContain('gone')
  })
})

it.each([
  ['logs-[a-z]+', 'is valid.'],
  ['logs-(a', 'is invalid: missing closing ): logs-(a.'],
])('--validate-regex %s', async (pattern, verdict) => {
  const printed = { code: 0, out: `The regular expression \`${pattern}\` ${verdict}\n`, err: '' }
  expect(await tool('kafka-consumer-groups', ['--validate-regex', pattern])).toMatchObject(printed)
})

it.each([
  [
    [],
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
  ],
  [['--describe'], 'Option [describe] takes one of these options: [group], [all-groups]'],
  [['--describe', '--group', 'g', '--members', '--state'], 'Option [describe] takes at most one of these options: [members], [offsets], [state]'], // prettier-ignore
  [['--delete'], 'Option [delete] takes one of these options: [all-groups], [group]'],
  [['--delete-offsets', '--group', 'g'], 'Option [delete-offsets] takes the following options: [group], [topic]'],
  [['--reset-offsets', '--group', 'g1', '--to-latest', '--dry-run'], 'One of the reset scopes should be defined: --all-topics, --topic.'], // prettier-ignore
  [['--reset-offsets', '--group', 'g1', '--to-latest', '--to-earliest', '--dry-run'], 'Option "[to-earliest]" can\'t be used with option "[to-latest]"'], // prettier-ignore
  [['--list', '--state', 'foo'], "Invalid state list 'foo'. Valid states are: CompletingRebalance, PreparingRebalance, Assigning, Reconciling, Empty, Dead, Stable"], // prettier-ignore
])('wrong usage: %j', async (args, message) => {
  const { code, err } = await groups(...args)
  expect(code).toBe(1)
  expect(err.startsWith(`${message}\n`)).toBe(true)
  expect(err).toMatch(optionTable)
})
