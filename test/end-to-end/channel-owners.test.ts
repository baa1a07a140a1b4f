/** Two agents on the folders of one file channel: the second says what is in use and by whom, the first is unharmed, and when it is gone the second goes on. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import { fileRoll, pipeline, taildir } from '../support/pipelines.ts'

const channelIn = (path: string) => ({
  type: 'file',
  checkpointDir: `${path}/checkpoint`,
  dataDirs: `${path}/data`,
  minimumRequiredSpace: 1_048_576,
})

it('the second is told by whom the folders are in use, touches nothing, and takes over when the first is killed', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const [one, two] = [join(path, 'one'), join(path, 'two')]
  for (const each of [one, two]) mkdirSync(join(each, 'out'), { recursive: true })
  // The sink of the first agent cannot store: the channel keeps what the source brings.
  writeFileSync(join(one, 'none'), '')
  writeFileSync(join(one, 'access.log'), numberedLines(0, 1000))
  const blocked = { ...fileRoll(one), 'sink.directory': `${one}/none/out` }
  await using first = startAgentProcess(
    one,
    pipeline({ source: taildir(one), channel: channelIn(path), sink: blocked }),
  )
  const heldBytes = (): number =>
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.data'))
      .reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0)
  await until(() => storedPosition(one) === numberedLines(0, 1000).length, 'the lines in the channel')
  const locks = (): string[] =>
    ['checkpoint', 'data'].map((name) => readFileSync(join(path, name, 'in_use.lock'), 'utf8'))
  const before = [...locks(), heldBytes()]

  writeFileSync(join(two, 'access.log'), numberedLines(1000, 1300))
  await using second = startAgentProcess(
    two,
    pipeline({ source: taildir(two), channel: channelIn(path), sink: fileRoll(two) }),
  )
  await second.printed(
    new RegExp(`ERROR .*${path}/checkpoint/in_use\\.lock is in use by process ${first.process.pid}\\.`),
  )
  expect(second.output).toContain('a checkpointDir and dataDirs of its own')
  expect([...locks(), heldBytes()]).toEqual(before)
  expect(outputLines(two)).toEqual([])

  await first.stop('SIGKILL')
  await until(() => arrivals(outputLines(two), 1300).lost.length === 0, 'the lines of both', 60_000)
  expect(await second.stop()).toBe(143)
  expect(arrivals(outputLines(two), 1300)).toEqual({ lost: [], repeated: 0, strange: [] })
})

it('the first goes on as if nobody had come', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const [one, two] = [join(path, 'one'), join(path, 'two')]
  for (const each of [one, two]) mkdirSync(join(each, 'out'), { recursive: true })
  writeFileSync(join(one, 'access.log'), numberedLines(0, 500))
  await using first = startAgentProcess(
    one,
    pipeline({ source: taildir(one), channel: channelIn(path), sink: fileRoll(one) }),
  )
  await until(() => outputLines(one).length === 500, 'the lines of the first agent')
  await using second = startAgentProcess(
    two,
    pipeline({ source: taildir(two), channel: channelIn(path), sink: fileRoll(two) }),
  )
  await second.printed(/is in use by process/)
  writeFileSync(join(one, 'access.log'), numberedLines(500, 1000), { flag: 'a' })
  await until(() => outputLines(one).length === 1000, 'more lines of the first agent')
  await second.stop()
  expect(await first.stop()).toBe(143)
  expect(arrivals(outputLines(one), 1000)).toEqual({ lost: [], repeated: 0, strange: [] })
  expect(first.times(/ERROR/)).toBe(0)
})
