/** Real agents and brokers in processes of their own, started through the launchers that users type. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../tidy/tree.ts'
import { Child, type ChildOptions, run } from './child.ts'

/** A launcher's path: `bin('flume-ng')`. */
export const bin = (name: string): string => join(root, 'bin', name)

/** A temporary folder that goes when the scope is left. */
export const temporaryFolder = (): { readonly path: string } & Disposable => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** `server.properties` for one broker in `folder`; more lines may follow. */
export const writeServerProperties = (folder: string, port: number, more = ''): string => {
  const file = join(folder, 'server.properties')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    file,
    `broker.id=0
listeners=PLAINTEXT://127.0.0.1:${port}
log.dirs=${folder}/kafka-logs
num.partitions=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
${more}`,
  )
  return file
}

/** A broker alone, ready to serve. */
export const startBrokerProcess = async (config: string, options: ChildOptions = {}): Promise<Child> => {
  const child = new Child(bin('kafka-server-start.sh'), [config], options)
  await child.printed(/started \(kafka\.server\.KafkaServer\)/)
  return child
}

export interface AgentOptions extends ChildOptions {
  readonly name?: string
  readonly broker?: string
  readonly more?: readonly string[]
}

/** An agent on the given properties, written to a file in `folder`. It may not have started anything yet. */
export const startAgentProcess = (folder: string, properties: string, options: AgentOptions = {}): Child => {
  const file = join(folder, 'agent.properties')
  writeFileSync(file, properties)
  const args = ['agent', '-n', options.name ?? 'a1', '-c', folder, '-f', file, '-Dflume.root.logger=INFO,console']
  if (options.broker !== undefined) args.push('--broker', options.broker)
  return new Child(bin('flume-ng'), [...args, ...(options.more ?? [])], { cwd: folder, ...options })
}

/** Every value of a topic, by the console consumer, as lines. */
export const readTopic = async (bootstrap: string, topic: string, timeoutMs = 2000): Promise<string[]> => {
  const output = await run(bin('kafka-console-consumer.sh'), [
    '--bootstrap-server',
    bootstrap,
    '--topic',
    topic,
    '--from-beginning',
    '--timeout-ms',
    String(timeoutMs),
  ])
  return output.split('\n').filter((line) => line !== '' && !/^Processed a total of|^\[|TimeoutException/.test(line))
}
