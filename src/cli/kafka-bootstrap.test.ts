import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Log } from '../base/log.ts'
import { silentLog } from '../base/log.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { parseJopt, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, ownBootstrap, zookeeperOption } from './kafka-bootstrap.ts'

const spec = { purpose: '', options: [bootstrapOption, zookeeperOption] }

const asked = (...argv: string[]): { bootstrap: string; warned: string[] } => {
  const warned: string[] = []
  const log: Log = { ...silentLog, warn: (message) => void warned.push(message) }
  return { bootstrap: bootstrapOf(parseJopt(spec, argv), 'kafka-topics', log), warned }
}

const folder = temporaryFolder()
const origin = process.cwd()

beforeEach(() => process.chdir(folder.path))
afterEach(() => {
  process.chdir(origin)
  vi.unstubAllEnvs()
})

const configure = (listeners: string): void => {
  mkdirSync(join(folder.path, 'conf'), { recursive: true })
  writeFileSync(join(folder.path, 'conf/server.properties'), `broker.id=0\n${listeners}\n`)
}

describe('which broker a tool talks to', () => {
  it.each(['--bootstrap-server', '--broker-list', '-broker-list'])('%s names it', (option) => {
    expect(asked(option, 'h1:9092,h2:9092')).toEqual({ bootstrap: 'h1:9092,h2:9092', warned: [] })
  })

  it('neither named is wrong usage', () => {
    expect(() => asked()).toThrow('Missing required argument "[bootstrap-server]"')
  })

  it('both named is wrong usage', () => {
    expect(() => asked('--zookeeper', 'localhost:2181', '--bootstrap-server', 'h:1')).toThrow(
      'Only one of --bootstrap-server or --zookeeper must be specified',
    )
  })

  it.each(['foo', 'h:', 'h:99999', ':9092', ''])('%j is no address', (text) => {
    expect(() => clientOf(text, 'test', silentLog)).toThrow(
      /^Please provide valid host:port like host1:9091,host2:9092/,
    )
  })
})

describe('--zookeeper', () => {
  it.each([
    'localhost:2181',
    'LOCALHOST:2181',
    '127.0.0.1:2181',
    '127.0.0.1',
    '[::1]:2181',
    'localhost:2181,127.0.0.1:2182/kafka',
    'localhost:2181/deep/root',
  ])('%s is this machine: our broker is used, and said in one warning', (zookeeper) => {
    configure('listeners=PLAINTEXT://127.0.0.1:19092')
    const { bootstrap, warned } = asked('--zookeeper', zookeeper)
    expect(bootstrap).toBe('127.0.0.1:19092')
    expect(warned).toHaveLength(1)
    expect(warned[0]).toContain(zookeeper)
    expect(warned[0]).toContain('--bootstrap-server 127.0.0.1:19092')
  })

  it.each(['zk1:2181', 'localhost:2181,zk2:2181', '10.0.0.7:2181/kafka', 'localhost.example:2181', '0.0.0.0:2181'])(
    '%s may be another cluster: refused, with what to type instead',
    (zookeeper) => {
      configure('listeners=PLAINTEXT://127.0.0.1:19092')
      expect(() => asked('--zookeeper', zookeeper)).toThrow(UsageError)
      expect(() => asked('--zookeeper', zookeeper)).toThrow('kafka-topics.sh --bootstrap-server HOST:9092')
    },
  )

  it('of any host means the broker that MILLRACE_BOOTSTRAP names', () => {
    vi.stubEnv('MILLRACE_BOOTSTRAP', 'mill:9092')
    const { bootstrap, warned } = asked('--zookeeper', 'zk1:2181/kafka')
    expect(bootstrap).toBe('mill:9092')
    expect(warned).toHaveLength(1)
  })

  it('with an empty MILLRACE_BOOTSTRAP is as without', () => {
    vi.stubEnv('MILLRACE_BOOTSTRAP', '')
    expect(() => asked('--zookeeper', 'zk1:2181')).toThrow(UsageError)
  })
})

describe('where our own broker listens', () => {
  it.each([
    ['listeners=PLAINTEXT://127.0.0.1:19092', '127.0.0.1:19092'],
    ['listeners=PLAINTEXT://:9093', '127.0.0.1:9093'],
    ['listeners=PLAINTEXT://0.0.0.0:9094', '127.0.0.1:9094'],
    ['listeners=PLAINTEXT://[::1]:9095', '[::1]:9095'],
    ['listeners=IN://mill:9096,OUT://mill:9097', 'mill:9096'],
    ['listeners=PLAINTEXT://a:1\nlisteners=PLAINTEXT://b:2', 'b:2'],
    ['num.partitions=1', '127.0.0.1:9092'],
  ])('%j: %s', (text, address) => {
    configure(text)
    expect(ownBootstrap()).toBe(address)
  })
})
