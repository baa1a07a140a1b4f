/** kafka-topics.sh, kafka-get-offsets.sh and kafka-run-class.sh against our broker: the lines they print, where, and their exit codes. */
import { beforeAll, describe, expect, it } from 'vitest'
import { sharedBroker } from '../support/broker.ts'
import { optionTable, tool, type ToolResult } from '../support/tool.ts'

const { bootstrap } = sharedBroker()

const topics = (...args: string[]): Promise<ToolResult> =>
  tool('kafka-topics', ['--bootstrap-server', bootstrap(), ...args])

const mayCollide =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\n"

/** What the tool prints where the work fails, and not the usage. */
const failed = (message: string, exception: string, advice = ''): Omit<ToolResult, 'bytes'> => ({
  code: 1,
  out: `Error while executing topic command : ${message}\n`,
  err: `ERROR ${exception}: ${message}${advice} (org.apache.kafka.tools.TopicCommand)\n`,
})

const errors = 'org.apache.kafka.common.errors'
const illegal = 'java.lang.IllegalArgumentException'

describe('kafka-topics.sh', () => {
  it('lists an empty cluster as one empty line', async () => {
    expect(await topics('--list')).toMatchObject({ code: 0, out: '\n', err: '' })
  })

  it('creates, lists, describes and deletes a topic', async () => {
    const created = await topics('--create', '--topic', 'test', '--partitions', '2', '--replication-factor', '1')
    expect(created).toMatchObject({ code: 0, out: 'Created topic test.\n', err: '' })
    expect(await topics('--list')).toMatchObject({ code: 0, out: 'test\n', err: '' })
    const { out, code } = await topics('--describe', '--topic', 'test')
    expect(code).toBe(0)
    expect(out.replace(/TopicId: [\w-]{22}\t/, 'TopicId: ID\t')).toBe(
      'Topic: test\tTopicId: ID\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: \n' +
        '\tTopic: test\tPartition: 0\tLeader: 0\tReplicas: 0\tIsr: 0\tElr: N/A\tLastKnownElr: N/A\n' +
        '\tTopic: test\tPartition: 1\tLeader: 0\tReplicas: 0\tIsr: 0\tElr: N/A\tLastKnownElr: N/A\n',
    )
    expect(await topics('--delete', '--topic', 'test')).toMatchObject({ code: 0, out: '', err: '' })
    expect(await topics('--list')).toMatchObject({ code: 0, out: '\n' })
  })

  it('takes single dashes, equals signs, any order and stray words', async () => {
    const { code, out } = await topics(
      '-partitions',
      '2',
      'stray',
      '-create',
      '--topic=dashes',
      '-replication-factor=1',
    )
    expect([code, out]).toEqual([0, 'Created topic dashes.\n'])
  })

  it('says that a topic is there already, unless that does not matter', async () => {
    await topics('--create', '--topic', 'twice')
    expect(await topics('--create', '--topic', 'twice')).toMatchObject(
      failed("Topic 'twice' already exists.", `${errors}.TopicExistsException`),
    )
    const again = await topics('--create', '--topic', 'twice', '--if-not-exists')
    expect(again).toMatchObject({ code: 0, out: '', err: '' })
  })

  it('warns of names that may collide, and refuses one that does', async () => {
    expect(await topics('--create', '--topic', 'a.b')).toMatchObject({
      code: 0,
      out: `${mayCollide}Created topic a.b.\n`,
    })
    const { code, out, err } = await topics('--create', '--topic', 'a_b')
    expect(code).toBe(1)
    expect(out).toBe(
      `${mayCollide}Error while executing topic command : Topic 'a_b' collides with existing topics: a.b\n`,
    )
    expect(err).toMatch(/^ERROR org\.apache\.kafka\.common\.errors\.InvalidTopicException: /)
  })

  it('lists and describes by expression, settings included', async () => {
    await topics(
      '--create',
      '--topic',
      'shown-1',
      '--config',
      'retention.ms=1000',
      '--config',
      'cleanup.policy = compact',
    )
    await topics('--create', '--topic', 'shown-2', '--replica-assignment', '0,0,0')
    expect((await topics('--list', '--topic', 'shown-.')).out).toBe('shown-1\nshown-2\n')
    expect((await topics('--list', '--topic', 'shown-1,shown-2')).out).toBe('shown-1\nshown-2\n')
    expect((await topics('--list', '--topic', 'shown')).out).toBe('\n')
    const { out } = await topics('--describe', '--topic', 'shown-.')
    expect(out).toMatch(/^Topic: shown-1\t.*Configs: cleanup\.policy=compact,retention\.ms=1000$/m)
    expect(out).toMatch(/^Topic: shown-2\t.*PartitionCount: 3\t.*Configs: $/m)
    const overrides = (await topics('--describe', '--topics-with-overrides')).out
    expect(overrides).toMatch(/^Topic: shown-1\t[^\n]*\n$/)
    expect(await topics('--describe', '--under-replicated-partitions')).toMatchObject({ code: 0, out: '', err: '' })
  })

  const name = 'Topic name is invalid: '
  const others = "contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
  it.each<[string[], string, string]>([
    [['--partitions', '0'], 'The partitions must be greater than 0', illegal],
    [['--partitions', '-1'], 'The partitions must be greater than 0', illegal],
    [['--replication-factor', '0'], 'The replication factor must be between 1 and 32767 inclusive', illegal],
    [
      ['--replication-factor', '3'],
      'Replication factor: 3 larger than available brokers: 1.',
      `${errors}.InvalidReplicationFactorException`,
    ],
    [['--topic', 'bad topic'], `${name}'bad topic' ${others}`, `${errors}.InvalidTopicException`],
    [['--topic', ''], `${name}the empty string is not allowed`, `${errors}.InvalidTopicException`],
    [['--config', 'foo=1'], 'Unknown topic config name: foo', `${errors}.InvalidConfigurationException`],
    [
      ['--config', 'retention.ms'],
      'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
      illegal,
    ],
    [
      ['--replica-assignment', '0:0'],
      'Partition replica lists may not contain duplicate entries: 0',
      'org.apache.kafka.tools.AdminCommandFailedException',
    ],
    [
      ['--replica-assignment', '0,0:1'],
      'Partition 1 has different replication factor: [0, 1]',
      'org.apache.kafka.tools.AdminOperationException',
    ],
  ])('--create with %j fails', async (args, message, exception) => {
    const topic = args.includes('--topic') ? [] : ['--topic', 'refused']
    expect(await topics('--create', ...topic, ...args)).toMatchObject(failed(message, exception))
    expect((await topics('--list', '--topic', 'refused')).out).toBe('\n')
  })

  const unknown = failed(
    "Topic 'nope' does not exist as expected",
    illegal,
    '. kafka-topics.sh --list shows those that exist.',
  )
  it.each([[['--describe']], [['--delete']], [['--alter', '--partitions', '3']]])(
    '%j of an unknown topic fails, unless that does not matter',
    async (action) => {
      expect(await topics(...action, '--topic', 'nope')).toMatchObject(unknown)
      expect(await topics(...action, '--topic', 'nope', '--if-exists')).toMatchObject({ code: 0, out: '', err: '' })
    },
  )

  it('refuses an expression that is none', async () => {
    expect(await topics('--list', '--topic', '[')).toMatchObject(
      failed('[ is an invalid regex.', 'java.lang.RuntimeException'),
    )
  })

  it.each([
    [[], 'Command must include exactly one action: --list, --describe, --create, --alter or --delete'],
    [
      ['--list', '--create'],
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    ],
    [['--create'], 'Missing required argument "[topic]"'],
    [['--delete'], 'Missing required argument "[topic]"'],
    [['--alter', '--topic', 't'], 'Missing required argument "[partitions]"'],
    [['--create', '—topic', 't'], 'Missing required argument "[topic]"'],
    [
      ['--alter', '--topic', 't', '--replication-factor', '2'],
      'Option "[replication-factor]" can\'t be used with option "[alter]"',
    ],
    [['--list', '--config', 'a=b'], 'Option "[config]" can\'t be used with option "[list]"'],
    [
      ['--create', '--topic', 't', '--replica-assignment', '0', '--partitions', '1'],
      'Option "[replica-assignment]" can\'t be used with option "[partitions]"',
    ],
  ])('%j is wrong usage', async (args, message) => {
    const { code, out, err } = await topics(...args)
    expect([code, out, err.split('\n')[0]]).toEqual([1, '', message])
    expect(err).toMatch(optionTable)
  })

  it('without a word says what it is for; with the wrong ones what is wrong', async () => {
    const nothing = await tool('kafka-topics', [])
    expect([nothing.code, nothing.out]).toEqual([1, ''])
    expect(nothing.err).toMatch(/^This tool helps to create, delete, describe, or change a topic\.\nOption/)
    const { code, err } = await topics('--create', '--topic', 't', '--replication_factor', '2')
    expect(code).toBe(1)
    expect(err).toContain('replication_factor is not a recognized option (did you mean --replication-factor?)')
    expect(await tool('kafka-topics', ['--list'])).toMatchObject({
      code: 1,
      err: 'Exception in thread "main" java.lang.IllegalArgumentException: --bootstrap-server must be specified\n',
    })
  })

  it('--zookeeper of old notes means our broker, and says so; never another cluster', async () => {
    const env = { MILLRACE_BOOTSTRAP: bootstrap() }
    const ours = await tool('kafka-topics', ['--zookeeper', 'zk1:2181/kafka', '--list', '--topic', 'twice'], { env })
    expect(ours).toMatchObject({ code: 0, out: 'twice\n' })
    expect(ours.err).toMatch(/^WARN --zookeeper zk1:2181\/kafka is not asked; [^\n]*--bootstrap-server [^\n]*\n$/)
    const theirs = await tool('kafka-topics', ['--zookeeper', 'zk1:2181', '--delete', '--topic', 'twice'])
    expect([theirs.code, theirs.out]).toEqual([1, ''])
    expect(theirs.err).toContain('kafka-topics.sh --bootstrap-server HOST:9092')
  })
})

describe('kafka-get-offsets.sh', () => {
  const offsets = (...args: string[]): Promise<ToolResult> =>
    tool('kafka-get-offsets', ['--bootstrap-server', bootstrap(), ...args])

  beforeAll(async () => {
    await topics('--create', '--topic', 'counted', '--partitions', '3')
    const input = 'k\ta\nk\tb\nk\tc\n'
    const args = ['--broker-list', bootstrap(), '--topic', 'counted', '--property', 'parse.key=true']
    await tool('kafka-console-producer', args, { input })
  })

  it('prints where partitions end and begin', async () => {
    const { code, out, err } = await offsets('--topic', 'counted')
    expect([code, err]).toEqual([0, ''])
    expect(out.replace(/3$/m, '0')).toBe('counted:0:0\ncounted:1:0\ncounted:2:0\n')
    expect(out).toMatch(/^counted:\d:3$/m)
    expect((await offsets('--topic', 'counted', '--time', '-2')).out).toBe('counted:0:0\ncounted:1:0\ncounted:2:0\n')
    expect((await offsets('--topic', 'counted', '--time', 'earliest')).out).toBe(
      'counted:0:0\ncounted:1:0\ncounted:2:0\n',
    )
    expect((await offsets('--topic', 'counted', '--time', '99999999999999')).out).toBe('')
  })

  it('takes partitions, expressions and ranges', async () => {
    expect((await offsets('--topic', 'counted', '--partitions', '2,9', '--time', '-2')).out).toBe('counted:2:0\n')
    expect((await offsets('--topic', 'coun.*', '--time', '-2')).out.split('\n')).toHaveLength(4)
    expect((await offsets('--topic-partitions', 'counted:1-,nope:0', '--time', '-2')).out).toBe(
      'counted:1:0\ncounted:2:0\n',
    )
  })

  it.each([
    [['--topic', 'nope'], 'Could not match any topic-partitions with the specified filters'],
    [['--topic', 'counted', '--partitions', '9'], 'Could not match any topic-partitions with the specified filters'],
    [['--partitions', 'x'], '--partitions expects a comma separated list of numeric partition ids, but received: x'],
    [['--topic', 't', '--topic-partitions', 't:0'], '--topic-partitions cannot be used with --topic or --partitions'],
    [['--topic-partitions', 't:0:1'], 'Invalid rule specification: t:0:1'],
    [['--time', 'noon'], 'Malformed time argument noon. Please use -1 or latest'],
  ])('%j is refused', async (args, message) => {
    const { code, out, err } = await offsets(...args)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`Error occurred: ${message}`)
  })

  it('is what kafka-run-class.sh knows by the names of its classes, with the options of its time', async () => {
    const shell = [
      '--broker-list',
      bootstrap(),
      '--topic',
      'counted',
      '--time',
      '-2',
      '--offsets',
      '1',
      '--max-wait-ms',
      '1000',
    ]
    for (const className of ['kafka.tools.GetOffsetShell', 'org.apache.kafka.tools.GetOffsetShell']) {
      expect(await tool('kafka-run-class', [className, ...shell])).toMatchObject({
        code: 0,
        out: 'counted:0:0\ncounted:1:0\ncounted:2:0\n',
        err: '',
      })
    }
  })
})
