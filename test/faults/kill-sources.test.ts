/** kill -9 of agents with the other sources that can read again: spooldir, and Kafka into files. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { bin, startAgentProcess, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { run } from '../support/child.ts'
import { arrivals, isTorn, numberedLine, numberedLines } from '../support/lines.ts'
import { outputBytes, outputLines } from '../support/output.ts'
import { fileRoll, kafkaSource, pipeline } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const kills = 20
const linesPerRound = 6000

/** What stands in the files; a line that the kill cut short counts as not there. */
const found = (folder: string, count: number) => {
  const { lost, repeated, strange } = arrivals(outputLines(folder), count)
  const torn = strange.filter(isTorn)
  return { lost, repeated, torn: torn.length, strange: strange.filter((line) => !isTorn(line)) }
}

/** A kill some way into the round's work: when a share of its lines has come out. */
const someWayIn = (folder: string, round: number): Promise<void> => {
  const before = outputBytes(folder).length
  const share = (round % 5) * 40_000
  return until(() => outputBytes(folder).length >= before + share, 'some lines of the round')
}

describe('kill -9 in a loop', () => {
  it('of an agent from a spool folder to files loses nothing', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const spool = join(path, 'spool')
    mkdirSync(spool)
    mkdirSync(join(path, 'out'))
    const source = { type: 'spooldir', spoolDir: spool, pollDelay: 20, batchSize: 200 }
    const properties = pipeline({ source, sink: fileRoll(path) })
    const name = (round: number): string => join(spool, `log.${round}`)
    const drop = (round: number): void => {
      const text = numberedLines(round * linesPerRound, (round + 1) * linesPerRound)
      writeFileSync(join(path, 'next'), text)
      renameSync(join(path, 'next'), name(round))
    }
    for (let round = 0; round < kills; round++) {
      drop(round)
      await using agent = startAgentProcess(path, properties)
      await agent.printed(/SOURCE, name: r1 started/)
      await someWayIn(path, round)
      await agent.stop('SIGKILL')
    }
    await using last = startAgentProcess(path, properties)
    await last.printed(/SOURCE, name: r1 started/)
    await until(() => existsSync(`${name(kills - 1)}.COMPLETED`), 'the last file to be completed', 60_000)
    expect(await last.stop()).toBe(143)
    const { lost, repeated, torn, strange } = found(path, kills * linesPerRound)
    console.log(
      `kill -9 of an agent with spooldir, ${kills} times: ${lost.length} lost, ${repeated} repeated, ${torn} torn`,
    )
    expect({ lost, strange }).toEqual({ lost: [], strange: [] })
    for (let round = 0; round < kills; round++) expect(existsSync(`${name(round)}.COMPLETED`)).toBe(true)
  })

  it('of an agent from a topic to files loses nothing', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'))
    const port = await freePort()
    const config = writeServerProperties(join(path, 'broker'), port, 'group.min.session.timeout.ms=500\n')
    await using broker = await startBrokerProcess(config)
    const topic = ['--bootstrap-server', `127.0.0.1:${port}`, '--topic', 'weblog']
    const source = kafkaSource(port, {
      batchSize: 200,
      commitInterval: 20,
      'kafka.consumer.session.timeout.ms': 1000,
      'kafka.consumer.heartbeat.interval.ms': 100,
    })
    const properties = pipeline({ source, sink: fileRoll(path) })
    for (let round = 0; round < kills; round++) {
      const input = numberedLines(round * linesPerRound, (round + 1) * linesPerRound)
      await run(bin('kafka-console-producer.sh'), topic, { input })
      await using agent = startAgentProcess(path, properties)
      await agent.printed(/topic weblog - partition 0 assigned/)
      await someWayIn(path, round)
      for (let turns = 0; turns < round * 20; turns++) await turn()
      await agent.stop('SIGKILL')
    }
    await using last = startAgentProcess(path, properties)
    await last.printed(/SOURCE, name: r1 started/)
    const end = numberedLine(kills * linesPerRound - 1)
    await until(() => outputBytes(path).includes(end), 'the last line', 60_000)
    expect(await last.stop()).toBe(143)
    const { lost, repeated, torn, strange } = found(path, kills * linesPerRound)
    console.log(
      `kill -9 of an agent with a Kafka source, ${kills} times: ${lost.length} lost, ${repeated} repeated, ${torn} torn`,
    )
    expect({ lost, strange }).toEqual({ lost: [], strange: [] })
    expect(await broker.stop()).toBe(0)
  })
})
