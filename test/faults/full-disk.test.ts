/** A disk that runs full and is freed again, under the broker and under the agent: what does not fit waits, and nothing is lost. Needs root to mount. */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import {
  readTopic,
  startAgentProcess,
  startBrokerProcess,
  temporaryFolder,
  writeServerProperties,
} from '../support/agent.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import {
  fileRoll,
  fileToFiles,
  fileToTopic,
  kafkaSource,
  pipeline,
  type Settings,
  taildir,
} from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'
import { smallDisk } from '../support/small-disk.ts'

const whole = { lost: [], repeated: 0, strange: [] }

describe("a full disk under the broker's log", () => {
  it('refuses what is produced; readers go on; what waited arrives once there is room', async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(64)
    const { path } = folder
    const port = await freePort()
    const config = writeServerProperties(path, port, `log.dirs=${disk.path}/logs\n`)
    await using broker = await startBrokerProcess(config)
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 10_000))
    await using toTopic = startAgentProcess(path, fileToTopic(path, port))
    mkdirSync(join(path, 'bridge'))
    await using toFile = startAgentProcess(
      join(path, 'bridge'),
      pipeline({ source: kafkaSource(port), sink: fileRoll(path) }).replaceAll(/^a1\./gm, 'a2.'),
      { name: 'a2' },
    )
    await until(() => outputLines(path).length === 10_000, 'the first lines in the files')
    await until(() => storedPosition(path) === numberedLines(0, 10_000).length, 'the first position')
    disk.fill()
    appendFileSync(live, numberedLines(10_000, 100_000))
    await broker.printed(/ERROR The disk of .* is full: .*ENOSPC/)
    await toTopic.printed(/\[WARN .*The broker stores no records: .*KAFKA_STORAGE_ERROR/)
    expect((await readTopic(`127.0.0.1:${port}`, 'weblog')).length).toBeGreaterThanOrEqual(10_000)
    const stuck = storedPosition(path)
    disk.free()
    const { length } = numberedLines(0, 100_000)
    expect(stuck).toBeLessThan(length)
    await until(() => storedPosition(path) === length, 'the position of the last line', 60_000)
    await until(() => outputLines(path).length >= 100_000, 'all lines in the files', 60_000)
    expect(await toTopic.stop()).toBe(143)
    expect(await toFile.stop()).toBe(143)
    expect(arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 100_000)).toEqual(whole)
    expect(arrivals(outputLines(path), 100_000)).toEqual(whole)
    expect(toTopic.times(/\[INFO .*The broker stores records again/), toTopic.output).toBe(1)
    expect(toTopic.times(/\[(WARN|ERROR) /), toTopic.output).toBe(1)
    expect(broker.times(/ERROR /), broker.output).toBe(1)
    expect(broker.times(/INFO .*can be written again/), broker.output).toBe(1)
    expect(await broker.stop()).toBe(0)
  })
})

const sinks: Readonly<Record<string, (folder: string) => Settings>> = {
  file_roll: (folder) => fileRoll(folder),
  'hdfs, in plain text': (folder) => ({
    type: 'hdfs',
    'hdfs.path': `file://${folder}/out`,
    'hdfs.fileType': 'DataStream',
    'hdfs.rollInterval': 0,
    'hdfs.rollSize': 300_000,
    'hdfs.rollCount': 0,
  }),
}

describe('a full disk under a sink', () => {
  it.each(Object.entries(sinks))('%s: events wait, said once; all arrive once there is room', async (_name, sinkIn) => {
    using folder = temporaryFolder()
    using disk = smallDisk(16)
    const { path } = folder
    mkdirSync(join(disk.path, 'out'))
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 2000))
    await using agent = startAgentProcess(path, pipeline({ source: taildir(path), sink: sinkIn(disk.path) }))
    await until(() => storedPosition(path) === numberedLines(0, 2000).length, 'the first position')
    disk.fill()
    appendFileSync(live, numberedLines(2000, 60_000))
    await agent.printed(/\[WARN .*Sink k1 cannot store events: ENOSPC.*They wait in channel c1/)
    const { length } = numberedLines(0, 60_000)
    expect(storedPosition(path)).toBeLessThan(length)
    disk.free()
    await until(() => storedPosition(path) === length, 'the position of the last line')
    expect(await agent.stop()).toBe(143)
    expect(arrivals(outputLines(disk.path), 60_000)).toEqual(whole)
    expect(readdirSync(join(disk.path, 'out')).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(agent.times(/\[(WARN|ERROR) /), agent.output).toBe(1)
    expect(agent.times(/\[INFO .*Sink k1 stores events again/), agent.output).toBe(1)
  })
})

describe('a full disk under the positions', () => {
  const following = (folder: string, disk: string): string =>
    pipeline({ source: taildir(folder, { positionFile: `${disk}/positions.json` }), sink: fileRoll(folder) })

  it('is said once; events flow; positions are stored once there is room', async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(1)
    const { path } = folder
    mkdirSync(join(path, 'out'))
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 100))
    await using agent = startAgentProcess(path, following(path, disk.path))
    await until(() => storedPosition(disk.path) > 0, 'the first position')
    const first = storedPosition(disk.path)
    disk.fill()
    appendFileSync(live, numberedLines(100, 20_000))
    await until(() => outputLines(path).length === 20_000, 'the lines')
    await agent.printed(/\[WARN .*Positions can't be stored: ENOSPC/)
    expect(storedPosition(disk.path)).toBe(first)
    disk.free()
    await until(() => storedPosition(disk.path) === numberedLines(0, 20_000).length, 'the last position')
    await agent.printed(/\[INFO .*Positions are stored again/)
    expect(await agent.stop()).toBe(143)
    expect(arrivals(outputLines(path), 20_000)).toEqual(whole)
    expect(agent.times(/\[(WARN|ERROR) /), agent.output).toBe(1)
  })

  it('loses nothing when the agent is killed meanwhile', async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(1)
    const { path } = folder
    mkdirSync(join(path, 'out'))
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 100))
    await using agent = startAgentProcess(path, following(path, disk.path))
    await until(() => storedPosition(disk.path) > 0, 'the first position')
    const stored = readFileSync(join(disk.path, 'positions.json'))
    disk.fill()
    appendFileSync(live, numberedLines(100, 5000))
    await until(() => outputLines(path).length === 5000, 'the lines')
    await agent.stop('SIGKILL')
    expect(readFileSync(join(disk.path, 'positions.json'))).toEqual(stored)
    await using again = startAgentProcess(path, following(path, disk.path))
    await until(() => outputLines(path).length >= 9900, 'the lines once more')
    disk.free()
    await until(() => storedPosition(disk.path) === numberedLines(0, 5000).length, 'the last position')
    expect(await again.stop()).toBe(143)
    expect(arrivals(outputLines(path), 5000)).toEqual({ lost: [], repeated: 4900, strange: [] })
  })
})

describe("a full disk under the agent's own log", () => {
  it('does not keep it from its work', async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(1)
    const { path } = folder
    mkdirSync(join(path, 'out'))
    disk.fill()
    writeFileSync(join(path, 'access.log'), numberedLines(0, 1000))
    const more = ['-Dflume.root.logger=DEBUG,LOGFILE', `-Dflume.log.dir=${disk.path}`]
    await using agent = startAgentProcess(path, fileToFiles(path), { more })
    await until(() => outputLines(path).length === 1000, 'the lines')
    disk.free()
    expect(await agent.stop()).toBe(143)
    expect(arrivals(outputLines(path), 1000)).toEqual(whole)
    expect(readFileSync(join(disk.path, 'flume.log'), 'utf8')).toMatch(/Events in 1,000, out 1,000/)
  })
})
