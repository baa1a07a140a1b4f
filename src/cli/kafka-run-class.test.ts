import { describe, expect, it } from 'vitest'
import { runCli } from '../../test/support/cli.ts'

const runClass = (...argv: string[]) => runCli('kafka-run-class', ...argv)

describe('kafka-run-class.sh', () => {
  it.each([
    ['kafka.tools.GetOffsetShell', 'topic-partition offsets'],
    ['org.apache.kafka.tools.GetOffsetShell', 'topic-partition offsets'],
    ['kafka.admin.TopicCommand', 'change a topic'],
    ['org.apache.kafka.tools.TopicCommand', 'change a topic'],
    ['kafka.tools.ConsoleProducer', 'publish it to Kafka'],
    ['org.apache.kafka.tools.ConsoleProducer', 'publish it to Kafka'],
    ['kafka.tools.ConsoleConsumer', 'outputs it to standard output'],
    ['org.apache.kafka.tools.consumer.ConsoleConsumer', 'outputs it to standard output'],
    ['org.apache.kafka.clients.tools.ProducerPerformance', 'producer performance'],
    ['kafka.tools.StorageTool', 'storage tool'],
    ['kafka.admin.AclCommand', 'acls'],
    ['org.apache.zookeeper.server.quorum.QuorumPeerMain', 'needs no ZooKeeper'],
    ['kafka.Kafka', 'USAGE: kafka-server-start.sh'],
  ])('%s is the tool', async (className, purpose) => {
    const { code, err } = await runClass(className)
    expect(code).toBe(1)
    expect(err).toContain(purpose)
  })

  it('passes the words after the class on, and skips what only concerns the JVM', async () => {
    const flags = ['-name', 'shell', '-loggc', '-Dlog4j.configuration=x', '-Xmx1g', '-server']
    const { code, err } = await runClass(...flags, 'kafka.tools.GetOffsetShell', '--topic', 't', '-Dx')
    expect(code).toBe(1)
    expect(err).toContain('D is not a recognized option')
  })

  it('takes the words of the ProducerPerformance of 0.8.2 by their places', async () => {
    const className = 'org.apache.kafka.clients.tools.ProducerPerformance'
    const { code, err } = await runClass(className, 't', 'ten', '100', '-1', 'bootstrap.servers=127.0.0.1:1')
    expect(code).toBe(1)
    expect(err).toMatch(/'ten'.*num-records/)
  })

  it('names a class that does not exist, what was probably meant, and all that do', async () => {
    const { code, err } = await runClass('kafka.tools.GetOffsetShel')
    expect(code).toBe(1)
    expect(err).toMatch(
      /^Error: Could not find or load main class kafka\.tools\.GetOffsetShel \(did you mean GetOffsetShell\?\)\n/,
    )
    expect(err).toContain('  org.apache.kafka.tools.TopicCommand\n')
  })

  it('says of a tool of Kafka that it is not there yet', async () => {
    const { code, err } = await runClass('kafka.tools.MirrorMaker', '--whitelist', 'x')
    expect(code).toBe(1)
    expect(err).toMatch(/^kafka\.tools\.MirrorMaker is a tool of Kafka that is not there yet\.\n/)
  })

  it.each([
    ['kafka.tools.ConsumerOffsetChecker', 'kafka-consumer-groups.sh --describe'],
    ['kafka.admin.PreferredReplicaLeaderElectionCommand', 'kafka-leader-election.sh'],
    ['kafka.tools.SimpleConsumerShell', 'kafka-console-consumer.sh'],
  ])('says what does the work of %s now', async (className, instead) => {
    const { code, err } = await runClass(className, '--group', 'g')
    expect(code).toBe(1)
    expect(err).toMatch(/^\S+ went out of Kafka, which does its work with [^\n]*\n$/)
    expect(err).toContain(instead)
  })

  it.each([[[]], [['-daemon']], [['-name']]])('%j is wrong usage', async (argv) => {
    const { code, err } = await runClass(...argv)
    expect(code).toBe(1)
    expect(err).toMatch(/^USAGE: kafka-run-class\.sh/)
  })

  it('runs nothing but the broker in the background', async () => {
    const { code, err } = await runClass('-daemon', 'kafka.tools.ConsoleConsumer')
    expect(code).toBe(1)
    expect(err).toContain('-daemon is for kafka.Kafka')
  })
})
