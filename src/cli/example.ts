/** `millrace example weblog-to-topic`, which `npm start` runs: the first thing a new user sees. It says what runs where, and what to try next. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { RunningAgent } from '../agent/agent.ts'
import { Fault } from '../base/faults.ts'
import { type Accounts, accountsLine } from '../monitor/accounts.ts'
import { runAgent } from './agent-run.ts'
import { type Command, exitCodes } from './command.ts'
import { judge } from './judge.ts'
import { openLog } from './logging.ts'
import { packageFile, packageFolder } from './package-folder.ts'
import { summaries } from './summaries.ts'
import { weblogLines } from './weblog-lines.ts'

const name = 'weblog-to-topic'
const followed = 'data/access.log'
const output = 'data/weblog/'
const topic = 'weblog'
const defaultBootstrap = '127.0.0.1:9092'
const firstLines = 2000
/** The backlog is through when nothing has moved for this long. */
const quietMs = 400

/** Where the broker listens: MILLRACE_BOOTSTRAP moves it, for whoever has something else on the usual port. */
const bootstrap = (): string => process.env['MILLRACE_BOOTSTRAP'] || defaultBootstrap

const writeFollowedFile = (): boolean => {
  if (existsSync(followed)) return false
  mkdirSync(dirname(followed), { recursive: true })
  writeFileSync(followed, `${[...weblogLines(firstLines)].join('\n')}\n`)
  return true
}

/** The broker's file for an address other than the shipped one's. */
const brokerFile = (): string | true => {
  if (bootstrap() === defaultBootstrap) return true
  const file = 'data/server.properties'
  writeFileSync(
    file,
    `broker.id=0\nlisteners=PLAINTEXT://${bootstrap()}\nlog.dirs=data/kafka-logs\ngroup.initial.rebalance.delay.ms=0\n`,
  )
  return file
}

const quoted = (word: string): string => (/^[\w./@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** How a tool is called in this folder: in the clone, beside a package that was installed, and anywhere else. */
const tool = (command: string): string => {
  const folder = process.cwd()
  if (folder === packageFolder) return `bin/${command}`
  const isInstalled = basename(dirname(packageFolder)) === 'node_modules'
  if (isInstalled && folder === dirname(dirname(packageFolder))) return `npx ${command}`
  return quoted(packageFile('bin', command))
}

/** What was typed to start this. */
const startCommand = (): string =>
  process.env['npm_lifecycle_event'] === 'start' ? 'npm start' : `${tool('millrace')} example ${name}`

const words = (note: string): string => `
  follows      ${followed}${note}
  into topic   ${topic}, on its own broker at ${bootstrap()} (kept in data/kafka-logs/)
  and on into  files below ${output}

Try, in another terminal:
  cd ${quoted(process.cwd())}
  echo 'me.example - - [01/Jan/2000:00:00:00 +0000] "GET /hello HTTP/1.0" 200 5' >> ${followed}
  ${tool('kafka-console-consumer.sh')} --bootstrap-server ${bootstrap()} --topic ${topic} --from-beginning

Ctrl-C stops it; the next start in this folder goes on where it stopped; rm -r data starts afresh.
`

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** What the first flow has put into the topic, the second has put into files. */
const isThrough = ({ components }: Accounts): boolean => {
  const stored = (sink: string): number => components.find((one) => one.name === sink)?.out ?? 0
  return stored('files') >= stored('topic')
}

const sayWhenThrough = async (agent: RunningAgent): Promise<void> => {
  if (await agent.caughtUp(quietMs, isThrough)) say(`The backlog is through: every line has been stored.\n${words('')}`)
}

const run = async (): Promise<number> => {
  const written = writeFollowedFile()
  const log = await openLog({ layout: 'flume', level: 'warn', name: 'org.apache.flume.node.Application' })
  const files = [packageFile('examples', name, `${name}.properties`)]
  const judgement = await judge({ files, agent: 'a1', properties: new Map(), lenient: false })
  const plan = judgement.agents[0]?.plan
  if (plan === undefined) throw new Fault('WRONG_USAGE', { command: 'example', problem: `${files.join()} has faults` })
  mkdirSync(output, { recursive: true })
  try {
    return await runAgent({
      plan,
      log,
      properties: new Map(),
      broker: brokerFile(),
      started(agent) {
        const note = written ? ` (${firstLines} made-up lines, just written)` : ''
        say(`Millrace runs an agent with two flows, in ${process.cwd()}. It${words(note)}`)
        void sayWhenThrough(agent)
      },
      ended: (accounts) => say(accountsLine(accounts)),
    })
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'LISTENER_TAKEN')
      process.stderr.write(
        `Something else listens on ${bootstrap()}. Another port: MILLRACE_BOOTSTRAP=127.0.0.1:9192 ${startCommand()}\n`,
      )
    throw thrown
  }
}

export const command: Command = {
  name: 'example',
  summary: summaries.example,
  async run([given]) {
    if (given === name) return run()
    process.stderr.write(`There is one example: ${tool('millrace')} example ${name}\n`)
    return exitCodes.usage
  },
}
