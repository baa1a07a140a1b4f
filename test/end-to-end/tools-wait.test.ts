/** The tools are typed right after `kafka-server-start.sh -daemon`, and wait for the broker as Kafka's do. */
import { describe, expect, it } from 'vitest'
import { bin, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { tool } from '../support/tool.ts'

const tools: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['kafka-topics.sh', ['--create', '--topic', 'created'], /Created topic created\./],
  ['kafka-console-producer.sh', ['--topic', 'produced'], /^(?!.*ERROR)/],
  ['kafka-console-consumer.sh', ['--topic', 'produced', '--from-beginning', '--max-messages', '1'], /hello/],
]

describe('a tool that is started before its broker', () => {
  it('says once that none answers, and does its work when one does', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    const children = tools.map(
      ([name, args]) =>
        new Child(bin(name), ['--bootstrap-server', `127.0.0.1:${port}`, ...args], { input: 'hello\n' }),
    )
    for (const child of children) await child.printed(/WARN No broker answers at/)
    await using _broker = await startBrokerProcess(writeServerProperties(folder.path, port))
    for (const [n, child] of children.entries()) {
      expect(await child.exited, child.output).toBe(0)
      expect(child.output).toMatch(tools[n]?.[2] ?? /never/)
      expect(child.times(/WARN /), child.output).toBe(1)
    }
  })
})

describe('--zookeeper, where no broker of ours listens,', () => {
  it.each([
    ['kafka-topics', ['--list']],
    ['kafka-configs', ['--describe', '--entity-type', 'topics']],
    ['kafka-console-consumer', ['--topic', 't']],
    ['kafka-consumer-groups', ['--list']],
  ])('%s says so at once', async (name, args) => {
    const at = `127.0.0.1:${await freePort()}`
    const beganMs = performance.now()
    const env = { MILLRACE_BOOTSTRAP: at }
    const { code, out, err } = await tool(name, ['--zookeeper', 'localhost:2181', ...args], { env })
    expect([code, out, err.split('\n').length]).toEqual([1, '', 2])
    expect(err).toContain(`no broker listens at ${at}`)
    expect(err).toContain('--bootstrap-server')
    expect(performance.now() - beganMs).toBeLessThan(20_000)
  })
})
