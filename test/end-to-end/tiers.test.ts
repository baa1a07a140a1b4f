/** Two agents in a row, over Avro: the first one holds back while the second is away, and what the second has taken it delivers at its stop. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { GrowingLog } from '../support/growing-log.ts'
import { arrivals } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import { fileRoll, pipeline, taildir } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const first = (folder: string, port: number): string => {
  const sink = { type: 'avro', hostname: '127.0.0.1', port, 'batch-size': 200 }
  return pipeline({ source: taildir(folder), sink })
}

const second = (folder: string, port: number): string => {
  const source = { type: 'avro', bind: '127.0.0.1', port }
  return pipeline({ source, sink: fileRoll(folder) }).replaceAll(/^a1\./gm, 'a2.')
}

const startSecond = (folder: string, port: number) => {
  mkdirSync(join(folder, 'second'), { recursive: true })
  return startAgentProcess(join(folder, 'second'), second(folder, port), { name: 'a2' })
}

describe('two agents in a row', () => {
  it('lose nothing when the second one starts late, stops and comes back', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const log = new GrowingLog(join(path, 'access.log'))
    log.append(10_000)
    await using agent = startAgentProcess(path, first(path, port))
    await agent.printed(/\[WARN .*Sink k1 cannot store events: No Avro source answers at .*They wait in channel c1/)
    for (let round = 0; round < 3; round++) {
      await using next = startSecond(path, port)
      // What the one before it took may be noted only now, so that the position alone would not say that this one is there.
      await next.printed(/SOURCE, name: r1 started/)
      const before = storedPosition(path)
      await log.grow(3000, () => storedPosition(path) > before)
      if (round === 2) await until(() => storedPosition(path) === log.size, 'the position of the last line')
      expect(await next.stop()).toBe(143)
      expect(next.output).toMatch(/Events in ([\d,]+), out \1, dropped 0, held 0;/)
    }
    expect(await agent.stop()).toBe(143)
    const { lost, repeated, strange } = arrivals(outputLines(path), log.count)
    expect({ lost, strange }).toEqual({ lost: [], strange: [] })
    // At most the batch whose answer the stop cut off, each time.
    expect(repeated).toBeLessThanOrEqual(3 * 200)
  })

  it('lose only what the second one held in memory when it is killed', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const log = new GrowingLog(join(path, 'access.log'))
    await using agent = startAgentProcess(path, first(path, port))
    await using killed = startSecond(path, port)
    await log.grow(3000, () => storedPosition(path) > 0)
    await killed.stop('SIGKILL')
    log.append(3000)
    await using next = startSecond(path, port)
    await until(() => storedPosition(path) === log.size, 'the position of the last line')
    expect(await agent.stop()).toBe(143)
    expect(await next.stop()).toBe(143)
    const { lost, strange } = arrivals(outputLines(path), log.count)
    expect(strange).toEqual([])
    expect(lost.length).toBeLessThanOrEqual(20_000)
    expect(agent.times(/\[(WARN|ERROR) /), agent.output).toBe(1)
    expect(agent.times(/\[INFO .*Sink k1 stores events again/), agent.output).toBe(1)
  })
})
