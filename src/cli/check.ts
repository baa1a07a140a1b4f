/** `millrace check FILE [-n a1] [--lenient]`: everything that is wrong with an agent file, without opening or binding anything. */
import { counted } from '../base/counted.ts'
import { type FindingLevel, findingText } from '../config/finding.ts'
import { type Command, exitCodes } from './command.ts'
import { type Judgement, judge } from './judge.ts'
import { parseOptions, properties } from './options.ts'
import { summaries } from './summaries.ts'

const usage = `usage: millrace check FILE [FILE …] [-n AGENT] [-c DIR] [--lenient] [-Dkey=value]

Prints every fault and warning with its line, what is wrong and what to do.
  -n, --name AGENT    judge this agent only; without it all agents of the files
  -f, --conf-file F   another way to name a file
  -c, --conf DIR      the folder with flume-env.sh, for what \${env:…} and \${sys:…} stand for
  --lenient           as agent --lenient would start it
  -Dkey=value         what \${sys:key} in the file stands for
Exit codes: 0 it can start, 2 it cannot.
`

const summaryOf = ({ agents, findings }: Judgement): string => {
  const count = (level: FindingLevel): string =>
    counted(findings.filter((finding) => finding.level === level).length, level)
  const counts = `${count('fault')}, ${count('warning')}`
  const shapes = agents.map(({ name, plan }) => {
    if (plan === undefined) return `agent ${name} cannot start`
    const { sources, channels, sinks } = plan
    return `agent ${name} can start: ${counted(sources.length, 'source')}, ${counted(channels.length, 'channel')}, ${counted(sinks.length, 'sink')}`
  })
  return `${[...shapes, counts].join('; ')}.\n`
}

export const command: Command = {
  name: 'check',
  summary: summaries.check,
  async run(argv) {
    const options = await parseOptions('check', usage, argv)
    if (options === undefined) return exitCodes.done
    const files = [...options.words, ...options.files]
    if (files.length === 0) {
      process.stderr.write(usage)
      return exitCodes.usage
    }
    const request = { files, agent: options.name, properties: properties(options), lenient: options.lenient }
    const judgement = await judge(request)
    const lines = judgement.findings.map((finding) => `${findingText(finding)}\n`)
    process.stdout.write(lines.join('') + summaryOf(judgement))
    const canStart = judgement.agents.length > 0 && judgement.agents.every(({ plan }) => plan !== undefined)
    return canStart ? exitCodes.done : exitCodes.usage
  },
}
