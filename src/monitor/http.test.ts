import { createServer } from 'node:net'
import { type IncomingMessage, request } from 'node:http'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { Monitor } from './counters.ts'
import { flumeJson } from './flume-json.ts'
import { serveMonitor } from './http.ts'

const served = async (bind?: string) => {
  const monitor = new Monitor()
  const log = new RecordingLog()
  const server = await serveMonitor({ monitor, port: 0, bind, log })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { monitor, log, ...server }
}

const status = async (address: string, path: string, method: string): Promise<number | undefined> => {
  const { port, hostname } = new URL(address)
  const sent = request({ host: hostname, port, path, method }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

describe('metrics over HTTP', () => {
  it('are one JSON object of Flume’s names, all values strings', async () => {
    const { monitor, address } = await served()
    const channel = monitor.group('CHANNEL', 'c1')
    channel.gauge('ChannelSize', () => 5)
    channel.gauge('ChannelCapacity', () => 100)
    channel.gauge('ChannelFillPercentage', () => 5)
    channel.counter('EventPutSuccessCount').value += 12
    channel.started(1_344_882_209_413)
    monitor.group('SOURCE', 'r1').add('KafkaEmptyCount', 3)
    const response = await fetch(`${address}/metrics`)
    expect(response.headers.get('content-type')).toBe('application/json;charset=utf-8')
    const shown = (await response.json()) as Record<string, Record<string, string>>
    expect(shown['CHANNEL.c1']).toEqual({
      Type: 'CHANNEL',
      ChannelCapacity: '100',
      ChannelSize: '5',
      ChannelFillPercentage: '5.0',
      EventPutAttemptCount: '0',
      EventPutSuccessCount: '12',
      EventTakeAttemptCount: '0',
      EventTakeSuccessCount: '0',
      StartTime: '1344882209413',
      StopTime: '0',
    })
    expect(shown['SOURCE.r1']).toMatchObject({ Type: 'SOURCE', EventReceivedCount: '0', KafkaEmptyCount: '3' })
  })

  it('answer in any case of the path, with a page at the root, 403 and 404 as Flume does', async () => {
    const { address } = await served()
    expect((await fetch(`${address}/METRICS`)).status).toBe(200)
    const page = await fetch(`${address}/`)
    expect(page.headers.get('content-type')).toMatch('text/html')
    expect(await page.text()).toContain('./metrics')
    expect((await fetch(`${address}/other`)).status).toBe(404)
    expect(await status(address, '/metrics', 'OPTIONS')).toBe(403)
    expect(await status(address, '/metrics', 'TRACE')).toBe(403)
  })

  it('bind to the loopback with one WARN unless an address is given', async () => {
    const { address, log } = await served()
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(log.of('warn')).toEqual([
      'Metrics are served on 127.0.0.1 only. Set flume.monitoring.bind for others to see them.',
    ])
    const told = await served('127.0.0.1')
    expect(told.log.of('warn')).toEqual([])
  })

  it('say whose port it is when it is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const bound = other.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0
    const started = serveMonitor({ monitor: new Monitor(), port, bind: '127.0.0.1', log: new RecordingLog() })
    await expect(started).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  })
})

describe('fill percentages', () => {
  it('are written as Java writes a double', () => {
    const fill = (value: number): string => {
      const monitor = new Monitor()
      monitor.group('CHANNEL', 'c1').gauge('ChannelFillPercentage', () => value)
      return /"ChannelFillPercentage":"([^"]+)"/.exec(flumeJson(monitor))?.[1] ?? ''
    }
    expect([fill(0), fill(33.25), fill(100), fill(Number.POSITIVE_INFINITY), fill(Number.NaN)]).toEqual([
      '0.0',
      '33.25',
      '100.0',
      '1.7976931348623157E308',
      '1.7976931348623157E308',
    ])
  })
})
